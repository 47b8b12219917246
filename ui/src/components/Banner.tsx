import type { Icon } from "@tabler/icons-react";
import { type ReactNode, useId } from "react";

/** What happened as title; why and what to do as text; actions at the right. */
export function Banner({
  tone = "neutral",
  icon: Icon,
  title,
  children,
  actions,
}: {
  tone?: "neutral" | "ok" | "warn" | "bad" | "accent";
  icon: Icon;
  title: ReactNode;
  children?: ReactNode;
  actions?: ReactNode;
}) {
  const id = useId();
  const tint = tone === "neutral" ? "" : tone === "accent" ? "acc" : tone;
  return (
    <section className={`banner ${tint}`} aria-labelledby={id}>
      <Icon className="i" size={20} stroke={1.75} aria-hidden />
      <div className="grow">
        <h2 id={id}>{title}</h2>
        {children}
      </div>
      {actions && <div className="acts">{actions}</div>}
    </section>
  );
}
