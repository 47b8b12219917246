import { IconCheck } from "@tabler/icons-react";
import { meaning, type Meaning } from "../../components/icons";
import { MeterParts } from "../../components/Meter";
import { kindsOfGroup, type KindGroup } from "../../components/operation/words";
import type { RunSearch } from "../../components/listSearch";
import { formatClock, formatCount } from "../../lib/format";
import { plural } from "../../lib/plural";
import type { RunProgress, RunView } from "../../platform";
import { durationOf, paceText, progressParts, segmentFilter, steps } from "./model";
import classes from "./RunPage.module.css";
import { texts } from "./texts";

type Count = { readonly icon: Meaning; readonly tone: string; readonly value: number; readonly text: string; readonly filter: Partial<RunSearch> | null };

const groups: readonly { group: KindGroup; field: "created" | "updated" | "deactivated" | "deleted"; icon: Meaning; tone: string }[] = [
  { group: "create", field: "created", icon: "create", tone: "c-ok" },
  { group: "update", field: "updated", icon: "update", tone: "c-3" },
  { group: "deactivate", field: "deactivated", icon: "deactivate", tone: "c-bad" },
  { group: "delete", field: "deleted", icon: "delete", tone: "c-bad" },
];

function countsOf(progress: RunProgress, isRunning: boolean): Count[] {
  const kinds = groups
    .filter(({ field }) => progress[field].total > 0)
    .map(({ group, field, icon, tone }): Count => {
      const { done, total } = progress[field];
      return { icon, tone, value: done, text: done === total && !isRunning ? field : `of ${formatCount(total)} ${field}`, filter: { kind: kindsOfGroup(group) } };
    });
  const others: Count[] = [
    { icon: "failed", tone: "c-bad", value: progress.failed, text: "failed", filter: { state: segmentFilter("failed") } },
    { icon: "retry", tone: "c-warn", value: progress.retrying, text: "to retry", filter: { state: ["retrying"] } },
    { icon: "waiting", tone: "c-3", value: isRunning ? progress.waiting + progress.in_flight : 0, text: "waiting", filter: { state: segmentFilter("waiting") } },
    { icon: "held", tone: "c-warn", value: isRunning ? 0 : progress.held, text: "held, not part of this run", filter: null },
  ];
  return [...kinds, ...others.filter((count) => count.value > 0)];
}

/** Phases, how far, how long; the counts lead to their rows. */
export function RunProgressHead({ run, onFilter }: { run: RunView; onFilter: (change: Partial<RunSearch>) => void }) {
  const { progress } = run;
  const isRunning = run.state === "running";
  const finished = progress.done + progress.failed;
  return (
    <section className={classes["progress"]} aria-label="Progress">
      <ol className={classes["phases"]}>
        {steps(run).map((step, index) => (
          <li key={step.label} aria-current={step.state === "current" ? "step" : undefined} data-attention={step.state === "attention" || undefined}>
            <span className={`mk ${{ done: "done", current: "cur", open: "", attention: "att" }[step.state]}`}>{step.state === "done" ? <IconCheck size={11} stroke={3} aria-hidden /> : step.state === "attention" ? "!" : index + 1}</span>
            {step.label}
          </li>
        ))}
      </ol>
      <div className={classes["big"]} role="status">
        <b>{formatCount(isRunning ? finished : progress.done)}</b>
        <span className="t2">
          of {plural(progress.total, "operation")}
          {!isRunning && ` done${durationOf(run) ? ` in ${durationOf(run)}` : ""}`}
        </span>
        <span className="end t2 num">
          {isRunning
            ? progress.waiting_until !== null
              ? `Atlassian asked to wait until ${formatClock(progress.waiting_until)}`
              : paceText(progress)
            : `${plural(run.requests_sent, "request")}${run.requests_retried > 0 ? ` and ${plural(run.requests_retried, "retry", "retries")}` : ""}`}
        </span>
      </div>
      <div className="bar" role="progressbar" aria-label="Operations" aria-valuemin={0} aria-valuemax={progress.total} aria-valuenow={finished}>
        <MeterParts parts={progressParts(progress)} />
      </div>
      <div className={classes["counts"]}>
        {countsOf(progress, isRunning).map(({ icon, tone, value, text, filter }) => {
          const Icon = meaning[icon];
          const inside = (
            <>
              <Icon className={`i ${tone}`} size={14} stroke={2} aria-hidden />
              <span>
                <b>{formatCount(value)}</b> {text}
              </span>
            </>
          );
          return filter === null ? (
            <span key={text}>{inside}</span>
          ) : (
            <button key={text} type="button" onClick={() => onFilter(filter)}>
              {inside}
            </button>
          );
        })}
        {isRunning && <span className="end t3">{texts.stopNote}</span>}
        {run.override_reason !== null && <span className="end t2">Guard overridden: {run.override_reason}</span>}
      </div>
    </section>
  );
}
