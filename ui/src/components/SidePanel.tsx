import { ActionIcon } from "@mantine/core";
import { IconChevronDown, IconChevronUp, IconX } from "@tabler/icons-react";
import { type ReactNode, useEffect, useId, useRef } from "react";
import classes from "./SidePanel.module.css";

type Props = {
  title: string;
  subtitle?: ReactNode;
  mark?: ReactNode;
  onClose: () => void;
  onPrevious?: (() => void) | undefined;
  onNext?: (() => void) | undefined;
  foot?: ReactNode;
  children: ReactNode;
};

/** Beside the table, never over it. Takes the focus when it opens; Escape gives it back to the row. */
export function SidePanel({ title, subtitle, mark, onClose, onPrevious, onNext, foot, children }: Props) {
  const id = useId();
  const heading = useRef<HTMLHeadingElement>(null);
  const body = useRef<HTMLDivElement>(null);
  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
    body.current?.scrollTo({ top: 0 });
  }, [title]);
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- Escape anywhere inside closes it; the close button says so
    <aside
      className={classes["panel"]}
      aria-labelledby={id}
      onKeyDown={(event) => {
        if (event.key === "Escape") {
          event.stopPropagation();
          onClose();
        }
      }}
    >
      <div className={classes["head"]}>
        {mark}
        <div className="grow">
          <h2 id={id} ref={heading} tabIndex={-1}>
            {title}
          </h2>
          {subtitle && <p className="t2 fs12 cut">{subtitle}</p>}
        </div>
        <ActionIcon aria-label="Previous" disabled={!onPrevious} onClick={onPrevious}>
          <IconChevronUp size={16} stroke={1.75} aria-hidden />
        </ActionIcon>
        <ActionIcon aria-label="Next" disabled={!onNext} onClick={onNext}>
          <IconChevronDown size={16} stroke={1.75} aria-hidden />
        </ActionIcon>
        <ActionIcon aria-label="Close panel" onClick={onClose}>
          <IconX size={16} stroke={1.75} aria-hidden />
        </ActionIcon>
      </div>
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling region must be reachable by keyboard */}
      <div ref={body} className={classes["body"]} tabIndex={0} role="region" aria-labelledby={id}>
        {children}
      </div>
      {foot && <div className={classes["foot"]}>{foot}</div>}
    </aside>
  );
}

export function PanelSection({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={classes["section"]}>
      <h3>{title}</h3>
      {children}
    </section>
  );
}
