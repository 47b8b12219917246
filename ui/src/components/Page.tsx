import { IconChevronRight } from "@tabler/icons-react";
import { type ReactNode, useEffect } from "react";
import classes from "./Page.module.css";

/** Title, what it is about in a few words, and the screen's secondary actions at the right. */
export function PageHead({ title, crumb, badge, sub, actions }: { title: string; crumb?: ReactNode; badge?: ReactNode; sub?: ReactNode; actions?: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · Lockstep`;
  }, [title]);
  return (
    <header className={classes["head"]}>
      {crumb && (
        <nav className={classes["crumb"]} aria-label="Breadcrumb">
          {crumb}
          <IconChevronRight className="i c-3" size={14} stroke={2} aria-hidden />
        </nav>
      )}
      <h1>{title}</h1>
      {badge}
      {sub && <span className={classes["sub"]}>{sub}</span>}
      {actions && <div className={classes["actions"]}>{actions}</div>}
    </header>
  );
}

/** The scrolling part of a page made of cards. */
export function PageBody({ children, narrow = false }: { children: ReactNode; narrow?: boolean }) {
  return (
    <div className={classes["body"]}>
      <div className={narrow ? classes["narrow"] : classes["wide"]}>{children}</div>
    </div>
  );
}

/** Table, facets and side panel beside each other. */
export function Split({ isPanelOpen, children }: { isPanelOpen: boolean; children: ReactNode }) {
  return (
    <div className={classes["split"]} data-panel={isPanelOpen ? "open" : "closed"}>
      {children}
    </div>
  );
}

/** What the one primary action does, what it leaves out, and the action itself at the right. */
export function ActionBar({ icon, title, children, actions }: { icon: ReactNode; title: ReactNode; children?: ReactNode; actions: ReactNode }) {
  return (
    <div className={classes["actionBar"]}>
      {icon}
      <div className="grow">
        <b className="semi">{title}</b>
        {children && <p className="fs12 t2 num">{children}</p>}
      </div>
      {actions}
    </div>
  );
}

export function Card({ title, end, children, className, labelledBy }: { title?: ReactNode; end?: ReactNode; children: ReactNode; className?: string | undefined; labelledBy?: string }) {
  return (
    <section className={`card ${className ?? ""}`} aria-labelledby={labelledBy}>
      {title && (
        <div className="card-h">
          <h2 id={labelledBy}>{title}</h2>
          {end && <span className="end">{end}</span>}
        </div>
      )}
      {children}
    </section>
  );
}
