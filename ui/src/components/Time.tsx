import { formatAge, formatWhen } from "../lib/format";
import { useNow } from "../lib/useNow";

/** A moment in the person's locale, with the exact one on hover. */
export function Time({ iso, as = "when" }: { iso: string; as?: "when" | "age" }) {
  const now = useNow();
  return (
    <time dateTime={iso} title={iso} className="num">
      {as === "age" ? formatAge(iso, now) : formatWhen(iso, now)}
    </time>
  );
}
