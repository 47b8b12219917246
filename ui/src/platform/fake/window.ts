import type { Facet } from "../types";

export function facetsOf<Row>(rows: readonly Row[], fields: Record<string, (row: Row) => string>): Facet[] {
  return Object.entries(fields).flatMap(([field, value]) => {
    const counts = new Map<string, number>();
    rows.forEach((row) => counts.set(value(row), (counts.get(value(row)) ?? 0) + 1));
    return [...counts].map(([found, count]) => ({ field, value: found, count }));
  });
}
