import { formatCount } from "../lib/format";

/** How many wait, beside a name. */
export function Count({ value, tone = "neutral", label }: { value: number; tone?: "neutral" | "warn" | "bad"; label?: string }) {
  return (
    <span className={`count ${tone === "neutral" ? "" : tone}`}>
      {formatCount(value)}
      {label && <span className="sr"> {label}</span>}
    </span>
  );
}
