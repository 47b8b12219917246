import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { PeoplePage } from "../features/people/PeoplePage";

export function PeopleRoute() {
  const { connection } = useParams({ from: "/c/$connection/people" });
  const search = useSearch({ from: "/c/$connection/people" });
  const navigate = useNavigate({ from: "/c/$connection/people" });
  return <PeoplePage key={connection} connectionId={connection} search={search} onSearch={(change) => void navigate({ search: (current) => ({ ...current, ...change }), replace: true })} />;
}
