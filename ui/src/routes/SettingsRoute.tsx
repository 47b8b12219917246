import { useParams } from "@tanstack/react-router";
import { SettingsPage } from "../features/settings/SettingsPage";

export function SettingsRoute() {
  const { connection } = useParams({ from: "/c/$connection/settings" });
  return <SettingsPage key={connection} connectionId={connection} />;
}
