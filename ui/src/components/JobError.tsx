import { useQuery } from "@tanstack/react-query";
import { AppError } from "../api/call";
import { jobErrorQuery } from "../api/queries";
import { ErrorPanel } from "./ErrorPanel";

/** Why the last reading failed, until the next one begins. */
export function JobError({ connectionId, onRetry }: { connectionId: string; onRetry: () => void }) {
  const { data: error } = useQuery(jobErrorQuery(connectionId));
  return error && <ErrorPanel error={new AppError(error)} onRetry={onRetry} />;
}
