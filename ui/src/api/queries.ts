import { type QueryClient, queryOptions, skipToken } from "@tanstack/react-query";
import { type CommandError, platform } from "../platform";
import { call } from "./call";

/** What the window needs at its start: the connections, the version. */
export const sessionQuery = () => queryOptions({ queryKey: ["session"], queryFn: () => call(platform().commands.session()) });

/**
 * Reads the connections again, before going to one that was just made: the engine's notice may come later.
 *
 * A reading that is under way may have begun too early, so it is not waited for but replaced.
 */
export const refreshSession = (client: QueryClient) => client.refetchQueries({ queryKey: sessionQuery().queryKey });

/** Feeds the overview, the navigation's counts and the status strip. */
export const overviewQuery = (connectionId: string) =>
  queryOptions({ queryKey: ["overview", connectionId], queryFn: () => call(platform().commands.overview(connectionId)) });

/** Why the last work in the background failed; nobody is asked for it, the engine tells. */
export const jobErrorQuery = (connectionId: string) =>
  queryOptions<CommandError | null>({ queryKey: ["jobError", connectionId], queryFn: () => null, initialData: null, staleTime: Infinity });

export const latestPlanQuery = (connectionId: string) =>
  queryOptions({ queryKey: ["plan", "latest", connectionId], queryFn: () => call(platform().commands.latestPlan(connectionId)) });

export const runQuery = (runId: string | null) =>
  queryOptions({ queryKey: ["runs", "detail", runId], queryFn: runId === null ? skipToken : () => call(platform().commands.getRun(runId)) });
