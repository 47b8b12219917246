import { useParams } from "@tanstack/react-router";
import { OverviewPage } from "../features/overview/OverviewPage";

export function OverviewRoute() {
  const { connection } = useParams({ from: "/c/$connection/overview" });
  return <OverviewPage key={connection} connectionId={connection} />;
}
