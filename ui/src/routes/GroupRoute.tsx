import { useParams, useSearch } from "@tanstack/react-router";
import { GroupPage } from "../features/groups/GroupPage";

export function GroupRoute() {
  const { connection, group } = useParams({ from: "/c/$connection/groups/$group" });
  const search = useSearch({ from: "/c/$connection/groups/$group" });
  return <GroupPage key={group} connectionId={connection} groupKey={group} search={search} />;
}
