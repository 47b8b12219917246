import { useParams } from "@tanstack/react-router";
import { SandboxPage } from "../features/sandbox/SandboxPage";

export function SandboxRoute() {
  const { connection } = useParams({ from: "/c/$connection/sandbox" });
  return <SandboxPage key={connection} connectionId={connection} />;
}
