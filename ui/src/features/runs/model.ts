import type { MeterPart } from "../../components/Meter";
import type { Meaning } from "../../components/icons";
import type { Tone } from "../../components/Status";
import { formatDuration, formatEstimate } from "../../lib/format";
import { plural } from "../../lib/plural";
import type { RunOperationRow, RunOperationState, RunProgress, RunView } from "../../platform";
import { texts } from "./texts";

export type Word = { readonly word: string; readonly icon: Meaning; readonly tone: Tone; readonly isTinted: boolean };

/** A run's result in a word; a tint only where it waits for somebody. */
export function runWord(run: RunView): Word {
  switch (run.state) {
    case "running":
      return { word: run.phase === "reading_back" ? "Reading back" : run.phase === "comparing" ? "Comparing" : "Sending", icon: "inFlight", tone: "accent", isTinted: true };
    case "converged":
      return { word: "Success", icon: "success", tone: "ok", isTinted: false };
    case "nothing_to_do":
      return { word: "Nothing to do", icon: "success", tone: "neutral", isTinted: false };
    case "stopped":
      return { word: "Stopped", icon: "warning", tone: "warn", isTinted: true };
    case "partial": {
      const parts = [run.progress.failed > 0 ? `${run.progress.failed} failed` : "", run.differences.length > 0 ? plural(run.differences.length, "difference") : "", run.moved.length > 0 ? `${run.moved.length} not sent` : ""].filter(Boolean);
      return { word: parts.length > 0 ? parts.join(", ") : "Warning", icon: "warning", tone: run.progress.failed > 0 ? "bad" : "warn", isTinted: true };
    }
  }
}

export const triggerWord = (trigger: string): string => ({ manual: "By hand", schedule: "Schedule", source_change: "Source change" })[trigger] ?? trigger;

export type Step = { readonly label: string; readonly state: "done" | "current" | "open" | "attention" };

/** The four phases, each with what it is now. */
export function steps(run: RunView): Step[] {
  const reached = { comparing: 0, sending: 1, reading_back: 2, finished: 3 }[run.phase];
  const found = run.differences.length;
  const isOver = run.phase === "finished";
  const stateAt = (index: number): Step["state"] => (isOver || index < reached ? "done" : index === reached ? "current" : "open");
  const compared: Step = run.moved.length > 0 ? { label: plural(run.moved.length, "operation moved", "operations moved"), state: "attention" } : { label: texts.phases.comparing, state: stateAt(0) };
  const sent: Step = { label: run.state === "stopped" ? texts.phases.stopped : reached > 1 ? texts.phases.sent : texts.phases.sending, state: run.state === "stopped" ? "attention" : stateAt(1) };
  // A stopped run sends nothing more, and so reads nothing back.
  if (run.state === "stopped") {
    return [compared, sent, { label: texts.phases.notReadBack, state: "open" }, { label: texts.phases.differences, state: "open" }];
  }
  const back: Step = { label: isOver ? texts.phases.readBack : texts.phases.readingBack, state: stateAt(2) };
  const last: Step = !isOver ? { label: texts.phases.differences, state: "open" } : { label: found === 0 ? "0 differences" : plural(found, "difference"), state: found === 0 ? "done" : "attention" };
  return [compared, sent, back, last];
}

export function progressParts({ total, done, failed, retrying }: RunProgress): MeterPart[] {
  if (total === 0) return [];
  return [
    { share: done / total, tone: "ok" },
    { share: failed / total, tone: "bad" },
    { share: retrying / total, tone: "warn" },
  ];
}

/** "about 18 s left, 9 requests a second". */
export function paceText(progress: RunProgress): string {
  const left = progress.seconds_left === null ? "" : `${formatEstimate(progress.seconds_left)} left`;
  const rate = progress.requests_per_second_tenths;
  const speed = rate === null ? "" : `${rate < 100 ? (rate / 10).toFixed(rate % 10 === 0 ? 0 : 1) : Math.round(rate / 10)} requests a second`;
  return [left, speed].filter(Boolean).join(", ");
}

export function durationOf(run: RunView): string {
  if (run.ended_at === null) return "";
  return formatDuration(Math.max(0, new Date(run.ended_at).getTime() - new Date(run.started_at).getTime()));
}

const states = {
  waiting: { word: "Waiting", icon: "waiting", tone: "neutral", isTinted: false },
  sending: { word: "In flight", icon: "inFlight", tone: "accent", isTinted: false },
  verifying: { word: "Reading back", icon: "inFlight", tone: "accent", isTinted: false },
  retrying: { word: "Retry", icon: "retry", tone: "warn", isTinted: true },
  done: { word: "Success", icon: "success", tone: "ok", isTinted: false },
  failed: { word: "Failed", icon: "failed", tone: "bad", isTinted: true },
  skipped: { word: "Skipped", icon: "waiting", tone: "neutral", isTinted: false },
} as const satisfies Record<RunOperationState, Word>;

export function operationWord(row: RunOperationRow, now: Date): Word {
  const base: Word = states[row.state];
  if (row.state !== "retrying" || row.next_retry_at === null) return base;
  const seconds = Math.ceil((new Date(row.next_retry_at).getTime() - now.getTime()) / 1_000);
  return seconds > 0 ? { ...base, word: `Retry in ${formatDuration(seconds * 1_000)}` } : base;
}

/** The segments above a run's table, as a filter on the state. */
export type Segment = "all" | "failed" | "waiting" | "skipped";
const segmentStates: Record<Exclude<Segment, "all">, RunOperationState[]> = { failed: ["failed"], waiting: ["waiting", "retrying", "sending", "verifying"], skipped: ["skipped"] };
export const segmentFilter = (segment: Segment): string[] | undefined => (segment === "all" ? undefined : segmentStates[segment]);
export function segmentOf(state: readonly string[] | undefined): Segment {
  if (state === undefined) return "all";
  return (Object.keys(segmentStates) as Exclude<Segment, "all">[]).find((segment) => segmentStates[segment].every((each) => state.includes(each))) ?? "all";
}
