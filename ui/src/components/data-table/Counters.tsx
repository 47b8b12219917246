import { formatCount } from "../../lib/format";
import { plural } from "../../lib/plural";

/** "61 operations", or "17 of 61 operations" under a filter. */
export function Counters({ total, unfiltered, one, many }: { total: number | undefined; unfiltered: number | undefined; one: string; many?: string }) {
  if (total === undefined) return null;
  const all = plural(unfiltered ?? total, one, many ?? `${one}s`);
  return <>{unfiltered !== undefined && unfiltered !== total ? `${formatCount(total)} of ${all}` : all}</>;
}
