import { useParams } from "@tanstack/react-router";
import { RunsPage } from "../features/runs/RunsPage";

export function RunsRoute() {
  const { connection } = useParams({ from: "/c/$connection/runs" });
  return <RunsPage key={connection} connectionId={connection} />;
}
