import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { EventsPage } from "../features/events/EventsPage";

export function EventsRoute() {
  const { connection } = useParams({ from: "/c/$connection/events" });
  const search = useSearch({ from: "/c/$connection/events" });
  const navigate = useNavigate({ from: "/c/$connection/events" });
  return <EventsPage key={connection} connectionId={connection} search={search} onSearch={(change) => void navigate({ search: (current) => ({ ...current, ...change }), replace: true })} />;
}
