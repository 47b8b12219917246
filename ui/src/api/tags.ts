import type { QueryClient } from "@tanstack/react-query";
import type { CacheTag } from "../platform";

/** First parts of the query keys; every key begins with one of them. */
export type Area = "session" | "overview" | "plan" | "runs" | "people" | "groups" | "events";

/** What to read again when something of a kind was written. The engine says which; nothing is guessed in components. */
export const areasOf = {
  connections: ["session", "overview", "people"],
  settings: ["session"],
  snapshots: ["overview", "people", "groups"],
  people: ["people", "overview"],
  groups: ["groups"],
  links: ["people", "groups"],
  plan: ["plan", "overview", "people"],
  conflicts: ["plan", "overview"],
  runs: ["runs", "overview"],
  quarantine: ["overview", "plan"],
  events: ["events", "overview", "people"],
  import: [],
} as const satisfies Record<CacheTag, readonly Area[]>;

export function invalidate(client: QueryClient, tags: readonly CacheTag[]): void {
  const areas = new Set<Area>(tags.flatMap((tag) => areasOf[tag] ?? []));
  areas.forEach((area) => void client.invalidateQueries({ queryKey: [area] }));
}
