import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { ReviewPage } from "../features/review/ReviewPage";

export function ReviewRoute() {
  const { connection } = useParams({ from: "/c/$connection/review" });
  const search = useSearch({ from: "/c/$connection/review" });
  const navigate = useNavigate({ from: "/c/$connection/review" });
  return <ReviewPage key={connection} connectionId={connection} search={search} onSearch={(change) => void navigate({ search: (current) => ({ ...current, ...change }), replace: true })} />;
}
