import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { RunPage } from "../features/runs/RunPage";

export function RunRoute() {
  const { connection, run } = useParams({ from: "/c/$connection/runs/$run" });
  const search = useSearch({ from: "/c/$connection/runs/$run" });
  const navigate = useNavigate({ from: "/c/$connection/runs/$run" });
  return <RunPage key={run} connectionId={connection} runId={run} search={search} onSearch={(change) => void navigate({ search: (current) => ({ ...current, ...change }), replace: true })} />;
}
