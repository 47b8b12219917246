import { useMutation, useQueryClient } from "@tanstack/react-query";
import { platform } from "../platform";
import { call } from "./call";
import { refreshSession } from "./queries";

/** Reads both sides again and computes a plan; progress arrives as a job. */
export function useRefresh(connectionId: string) {
  return useMutation({ mutationFn: () => call(platform().commands.startRefresh(connectionId)) });
}

export function useStopJob(connectionId: string) {
  return useMutation({ mutationFn: () => call(platform().commands.stopJob(connectionId)) });
}

export function useStartSandbox() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (scenario: string) => {
      const sandbox = await call(platform().commands.startSandbox(scenario));
      // The connection keeps its id while everything behind it is new.
      client.removeQueries({ predicate: (query) => query.queryKey[0] !== "session" });
      await refreshSession(client);
      return sandbox;
    },
  });
}
