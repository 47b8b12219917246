import type { WindowQuery } from "../../platform";
import type { ListSearch } from "../listSearch";
import type { Sort } from "./types";

/** What is asked of the other side, apart from the window. */
export type ListQuery = Omit<WindowQuery, "offset" | "limit">;

/** Reads the address of a list as a query; facets without a choice restrict nothing and are left out. */
export function listQuery(search: ListSearch, facets: Readonly<Record<string, readonly string[] | undefined>> = {}): ListQuery {
  return {
    search: search.q ?? "",
    filters: Object.entries(facets).flatMap(([field, values]) => (values && values.length > 0 ? [{ field, values: [...values] }] : [])),
    sort: search.sort ?? null,
    direction: search.desc ? "descending" : "ascending",
  };
}

export const sortOf = (search: ListSearch): Sort | null => (search.sort ? { by: search.sort, descending: search.desc ?? false } : null);

/** Adds a value to a facet's choice, or takes it out; an empty choice leaves the address. */
export function toggleValue(chosen: readonly string[] | undefined, value: string): string[] | undefined {
  const next = chosen?.includes(value) ? chosen.filter((each) => each !== value) : [...(chosen ?? []), value];
  return next.length === 0 ? undefined : next;
}
