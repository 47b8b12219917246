import { useMutation } from "@tanstack/react-query";
import { platform } from "../platform";
import { call } from "./call";

/** Reads both sides again and computes a plan; progress arrives as a job. */
export function useRefresh(connectionId: string) {
  return useMutation({ mutationFn: () => call(platform().commands.startRefresh(connectionId)) });
}

export function useStopJob(connectionId: string) {
  return useMutation({ mutationFn: () => call(platform().commands.stopJob(connectionId)) });
}

export function useStartSandbox() {
  return useMutation({ mutationFn: (scenario: string) => call(platform().commands.startSandbox(scenario)) });
}
