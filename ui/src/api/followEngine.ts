import type { QueryClient } from "@tanstack/react-query";
import { type CommandError, type JobView, platform } from "../platform";
import { overviewQuery, runQuery } from "./queries";
import { invalidate } from "./tags";

export type EngineNotices = {
  onJobFailed: (connectionId: string, error: CommandError) => void;
  onRunEnded: (runId: string) => void;
};

/** Keeps the cache in step with what the engine tells, for as long as the window lives. */
export function followEngine(client: QueryClient, notices: EngineNotices): () => void {
  const { listen } = platform();
  const setJob = (connectionId: string, job: JobView | null) =>
    client.setQueryData(overviewQuery(connectionId).queryKey, (overview) => overview && { ...overview, job });
  const stops = [
    listen("cacheInvalidated", ({ tags }) => invalidate(client, tags)),
    listen("job", ({ connection_id, job }) => setJob(connection_id, job)),
    listen("jobFailed", ({ connection_id, error }) => {
      setJob(connection_id, null);
      notices.onJobFailed(connection_id, error);
    }),
    listen("runProgress", ({ run_id, progress }) => client.setQueryData(runQuery(run_id).queryKey, (run) => run && { ...run, progress })),
    listen("runEnded", ({ run_id }) => {
      invalidate(client, ["runs"]);
      notices.onRunEnded(run_id);
    }),
  ];
  return () => stops.forEach((stop) => stop());
}
