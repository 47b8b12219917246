import type { CountOf, OperationRow, RunOperationRow, RunOperationState, RunProgress, RunView } from "../types";
import { groupOfKind } from "./plan";

export type FakeRun = { view: RunView; rows: RunOperationRow[] };

export function beginRun(runId: string, number: number, planId: string, operations: readonly OperationRow[], startedAt: string): FakeRun {
  const ready = operations.filter((operation) => operation.held_by === null);
  const rows = ready.map(
    (operation): RunOperationRow => ({
      id: operation.id,
      kind: operation.kind,
      subject: operation.subject,
      change: operation.change,
      state: "waiting",
      status: null,
      error: null,
      remedy: null,
      attempts: 0,
      duration_ms: null,
      next_retry_at: null,
    }),
  );
  const view: RunView = {
    run_id: runId,
    number,
    plan_id: planId,
    plan_number: number,
    state: "running",
    phase: "comparing",
    started_at: startedAt,
    ended_at: null,
    trigger: "manual",
    started_by: "Ines Varga",
    progress: progressOf(rows, operations.length - ready.length),
    override_reason: null,
    problem: null,
    differences: [],
    moved: [],
    requests_sent: 0,
    requests_retried: 0,
  };
  return { view, rows };
}

export function progressOf(rows: readonly RunOperationRow[], held: number): RunProgress {
  const inState = (state: RunOperationState) => rows.filter((row) => row.state === state).length;
  const of = (name: string): CountOf => {
    const kind = rows.filter((row) => groupOfKind(row.kind) === name);
    return { done: kind.filter((row) => row.state === "done").length, total: kind.length };
  };
  const waiting = inState("waiting");
  return {
    total: rows.length,
    done: inState("done"),
    failed: inState("failed"),
    retrying: inState("retrying"),
    in_flight: inState("sending"),
    waiting,
    held,
    created: of("create"),
    updated: of("update"),
    deactivated: of("deactivate"),
    deleted: of("delete"),
    seconds_left: waiting === 0 ? null : Math.ceil(waiting * 0.8),
    requests_per_second_tenths: 90,
    waiting_until: null,
  };
}

/** One step of an invented execution: what is in flight gets its answer, the next ones are sent. */
export function step(run: FakeRun, width: number): void {
  const { rows, view } = run;
  rows.forEach((row, index) => {
    if (row.state === "retrying") Object.assign(row, { state: "done", status: 200, duration_ms: 260, attempts: 2, error: null, next_retry_at: null });
    else if (row.state === "sending") {
      if (index === 14) Object.assign(row, { state: "failed", status: 409, error: "Another account holds this e-mail", remedy: "Find the other account in Atlassian Administration and change or remove its address, then retry.", attempts: 1, duration_ms: 188 });
      else if (index === 20) Object.assign(row, { state: "retrying", status: 429, error: "Atlassian asked to wait", attempts: 1, duration_ms: 90, next_retry_at: new Date(Date.now() + 4_000).toISOString() });
      else Object.assign(row, { state: "done", status: row.kind === "create_user" ? 201 : 200, attempts: 1, duration_ms: 190 + ((index * 37) % 230) });
    }
  });
  rows.filter((row) => row.state === "waiting").slice(0, width).forEach((row) => (row.state = "sending"));
  view.progress = progressOf(rows, view.progress.held);
  view.requests_sent = view.progress.done + view.progress.failed;
  view.requests_retried = view.progress.retrying;
  view.phase = "sending";
}

export function finish(run: FakeRun, stopped: boolean): void {
  const { rows, view } = run;
  if (stopped) rows.filter((row) => row.state === "waiting" || row.state === "retrying").forEach((row) => (row.state = "skipped"));
  view.progress = { ...progressOf(rows, view.progress.held), seconds_left: null, requests_per_second_tenths: null };
  view.phase = "finished";
  view.ended_at = new Date().toISOString();
  view.differences =
    stopped || view.progress.failed === 0
      ? []
      : [
          { subject: "Freya Holm", attribute: "title", expected: "Support Lead", found: "Support Engineer" },
          { subject: "eng-platform", attribute: "members", expected: "42", found: "41" },
        ];
  view.state = stopped ? "stopped" : view.progress.failed > 0 || view.differences.length > 0 ? "partial" : rows.length === 0 ? "nothing_to_do" : "converged";
  if (stopped) view.problem = "Stopped by Ines Varga. What was done stays done; the rest is in the next plan.";
}
