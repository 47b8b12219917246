import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { GroupsPage } from "../features/groups/GroupsPage";

export function GroupsRoute() {
  const { connection } = useParams({ from: "/c/$connection/groups" });
  const search = useSearch({ from: "/c/$connection/groups" });
  const navigate = useNavigate({ from: "/c/$connection/groups" });
  return <GroupsPage key={connection} connectionId={connection} search={search} onSearch={(change) => void navigate({ search: (current) => ({ ...current, ...change }), replace: true })} />;
}
