import type { WindowOf, WindowQuery } from "./types";

/**
 * Answers a window query over rows in memory as the engine does over SQLite: "or" within a field, "and" between fields.
 *
 * For the few lists that come whole, and for the invented platform.
 */
export function windowOf<Row>(
  rows: readonly Row[],
  query: WindowQuery,
  text: (row: Row) => string,
  fields: Record<string, (row: Row) => string | readonly string[]>,
): WindowOf<Row> {
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

