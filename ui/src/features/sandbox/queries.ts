import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { call } from "../../api/call";
import { refreshSession } from "../../api/queries";
import { platform } from "../../platform";

export const storiesQuery = () => queryOptions({ queryKey: ["session", "stories"], queryFn: () => platform().commands.sandboxStories() });

export function useTell() {
  return useMutation({ mutationFn: (name: string) => call(platform().commands.tellSandboxStory(name)) });
}

export function useSetFaults() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (faults: string[]) => {
      const view = await call(platform().commands.setSandboxFaults(faults));
      await refreshSession(client);
      return view;
    },
  });
}
