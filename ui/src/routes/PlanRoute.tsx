import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { PlanPage } from "../features/plan/PlanPage";

export function PlanRoute() {
  const { connection } = useParams({ from: "/c/$connection/plan" });
  const search = useSearch({ from: "/c/$connection/plan" });
  const navigate = useNavigate({ from: "/c/$connection/plan" });
  return <PlanPage key={connection} connectionId={connection} search={search} onSearch={(change) => void navigate({ search: (current) => ({ ...current, ...change }), replace: true })} />;
}
