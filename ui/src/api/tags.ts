import type { QueryClient } from "@tanstack/react-query";
import type { CacheTag } from "../platform";

/** First parts of the query keys; every key begins with one of them. */
export type Area = "session" | "overview" | "plan" | "runs" | "people" | "groups" | "conflicts" | "events";

/** What to read again when something of a kind was written. The engine says which; nothing is guessed in components. */
export const areasOf = {
  connections: ["session", "overview", "people", "groups"],
  settings: ["session"],
  snapshots: ["overview", "people", "groups", "conflicts"],
  people: ["people", "overview"],
  groups: ["groups"],
  links: ["people", "groups"],
  plan: ["plan", "overview", "people", "groups", "conflicts"],
  conflicts: ["conflicts", "groups", "plan", "overview"],
  runs: ["runs", "overview"],
  quarantine: ["overview", "plan"],
  events: ["events", "overview", "people"],
  import: [],
} as const satisfies Record<CacheTag, readonly Area[]>;

/** Reads again, a first reading included: the library takes one that is under way for new enough, but it may have been answered before the change. */
export async function readAgain(client: QueryClient, queryKey: readonly string[]): Promise<void> {
  const first = client.getQueryCache().findAll({ queryKey, fetchStatus: "fetching" }).filter((query) => query.state.data === undefined);
  await Promise.all([
    client.invalidateQueries({ queryKey }),
    ...first.map(async (query) => {
      await query.promise?.catch(() => undefined);
      await client.invalidateQueries({ queryKey: query.queryKey, exact: true });
    }),
  ]);
}
