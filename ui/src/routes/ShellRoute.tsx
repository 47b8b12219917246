import { useParams } from "@tanstack/react-router";
import { Shell } from "../app/shell/Shell";

export function ShellRoute() {
  const { connection } = useParams({ from: "/c/$connection" });
  return <Shell connectionId={connection} />;
}
