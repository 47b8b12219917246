import { type ReactNode } from "react";
import { meaning, type Meaning } from "./icons";

export type Tone = "ok" | "warn" | "bad" | "accent" | "neutral";

const markOf: Record<Tone, string> = { ok: "c-ok", warn: "c-warn", bad: "c-bad", accent: "c-acc", neutral: "c-3" };
const tintOf: Record<Tone, string> = { ok: "ok", warn: "warn", bad: "bad", accent: "acc", neutral: "" };

/** Quiet: an icon in colour, the word in ink. For what goes by itself. */
export function StatusWord({ icon, tone = "neutral", muted = false, children }: { icon: Meaning; tone?: Tone; muted?: boolean; children: ReactNode }) {
  const Icon = meaning[icon];
  // Stands still: in a table, sixteen of them would turn at once. The head of the run moves for all.
  return (
    <span className={muted ? "st t2" : "st"}>
      <Icon className={`i ${markOf[tone]}`} size={15} stroke={1.75} aria-hidden />
      {children}
    </span>
  );
}

/** Tint: waits for the admin. */
export function Badge({ icon, tone = "neutral", children }: { icon?: Meaning; tone?: Tone; children: ReactNode }) {
  const Icon = icon && meaning[icon];
  const spin = icon === "inFlight" ? " spin" : "";
  return (
    <span className={`badge ${tintOf[tone]}${Icon ? "" : " plain"}`}>
      {Icon && <Icon className={`i${spin}`} size={13} stroke={2} aria-hidden />}
      {children}
    </span>
  );
}

/** Solid red: cannot be undone, and nothing else is solid red. */
export function IrreversibleBadge({ icon, children }: { icon: Meaning; children: ReactNode }) {
  const Icon = meaning[icon];
  return (
    <span className="badge solid">
      <Icon className="i" size={13} stroke={2} aria-hidden />
      {children}
    </span>
  );
}

/** A name in a frame: a group, an attribute. */
export function Tag({ children }: { children: ReactNode }) {
  return <span className="badge plain line">{children}</span>;
}
