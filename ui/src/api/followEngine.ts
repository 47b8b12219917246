import type { QueryClient } from "@tanstack/react-query";
import { type JobView, platform, type RunView } from "../platform";
import { jobErrorQuery, overviewQuery, runQuery } from "./queries";
import { createReader } from "./reader";
import { readAgain } from "./tags";

export type EngineNotices = {
  onRunEnded: (run: RunView) => void;
};

/** Keeps the cache in step with what the engine tells, for as long as the window lives. */
export function followEngine(client: QueryClient, notices: EngineNotices): () => void {
  const { listen } = platform();
  const setJob = (connectionId: string, job: JobView | null) => {
    client.setQueryData(overviewQuery(connectionId).queryKey, (overview) => overview && { ...overview, job });
    if (job !== null) client.setQueryData(jobErrorQuery(connectionId).queryKey, null);
    // An overview that was asked for while the job went on may arrive after its end, and would keep it for ever.
    else void readAgain(client, overviewQuery(connectionId).queryKey);
  };
  const readWritten = createReader(client);
  const stops = [
    listen("cacheInvalidated", ({ tags }) => void readWritten(tags)),
    listen("jobChanged", ({ connection_id, job }) => setJob(connection_id, job)),
    listen("jobFailed", ({ connection_id, error }) => {
      setJob(connection_id, null);
      client.setQueryData(jobErrorQuery(connection_id).queryKey, error);
    }),
    listen("runProgressed", ({ run_id, progress }) => client.setQueryData(runQuery(run_id).queryKey, (run) => run && { ...run, progress })),
    listen("runEnded", ({ run_id }) => {
      const read = async () => {
        await readAgain(client, ["runs"]);
        return client.fetchQuery({ ...runQuery(run_id), staleTime: 0 });
      };
      void read().then(notices.onRunEnded, () => undefined);
    }),
  ];
  return () => stops.forEach((stop) => stop());
}
