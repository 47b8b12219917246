export type MeterPart = { share: number; tone: "accent" | "accent-2" | "ok" | "warn" | "bad" };

const colourOf: Record<MeterPart["tone"], string> = {
  accent: "var(--chart-1)",
  "accent-2": "var(--chart-2)",
  ok: "var(--ok-mark)",
  warn: "var(--warn-mark)",
  bad: "var(--bad-mark)",
};

/** A bar of parts; what it shows is said in words by `label`. */
export function Meter({ parts, label }: { parts: readonly MeterPart[]; label: string }) {
  return (
    <div className="bar" role="img" aria-label={label}>
      <MeterParts parts={parts} />
    </div>
  );
}

/** The parts alone, inside an element that carries its own role. */
export function MeterParts({ parts }: { parts: readonly MeterPart[] }) {
  return parts
    .filter((part) => part.share > 0)
    .map((part, index) => <i key={index} style={{ width: `${Math.min(100, part.share * 100)}%`, background: colourOf[part.tone] }} />);
}
