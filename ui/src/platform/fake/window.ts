import type { Facet, WindowOf, WindowQuery } from "../types";

/** Answers a window query over rows in memory as the engine does over SQLite: "or" within a field, "and" between fields. */
export function windowOf<Row>(
  rows: readonly Row[],
  asked: Partial<WindowQuery>,
  text: (row: Row) => string,
  fields: Record<string, (row: Row) => string | readonly string[]>,
): WindowOf<Row> {
  const query: WindowQuery = { search: "", filters: [], sort: null, direction: "ascending", offset: 0, limit: 200, ...asked };
  const needle = query.search.trim().toLowerCase();
  const active = query.filters.filter((filter) => filter.values.length > 0);
  let matching = rows.filter(
    (row) =>
      (needle === "" || text(row).toLowerCase().includes(needle)) &&
      active.every(({ field, values }) => {
        const found = fields[field]?.(row) ?? "";
        return typeof found === "string" ? values.includes(found) : found.some((value) => values.includes(value));
      }),
  );
  const sortBy = query.sort === null ? undefined : fields[query.sort];
  if (sortBy) {
    const sign = query.direction === "descending" ? -1 : 1;
    matching = matching.toSorted((a, b) => sign * String(sortBy(a)).localeCompare(String(sortBy(b))));
  }
  return { rows: matching.slice(query.offset, query.offset + Math.min(200, query.limit)), total: matching.length, unfiltered: rows.length };
}

export function facetsOf<Row>(rows: readonly Row[], fields: Record<string, (row: Row) => string>): Facet[] {
  return Object.entries(fields).flatMap(([field, value]) => {
    const counts = new Map<string, number>();
    rows.forEach((row) => counts.set(value(row), (counts.get(value(row)) ?? 0) + 1));
    return [...counts].map(([found, count]) => ({ field, value: found, count }));
  });
}
