import { useParams } from "@tanstack/react-router";
import { PersonPage } from "../features/people/PersonPage";

export function PersonRoute() {
  const { connection, person } = useParams({ from: "/c/$connection/people/$person" });
  return <PersonPage key={person} connectionId={connection} personKey={person} />;
}
