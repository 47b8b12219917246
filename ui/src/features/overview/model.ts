import { plural } from "../../lib/plural";
import type { ChecklistItem, EventDay, ExpiringPassword, Overview, PlanView } from "../../platform";

/** What the first card says: the one thing that matters now. */
export type Headline = { readonly kind: "unread" | "reading" | "waits" | "running" | "in-step" | "paused" | "incomplete"; readonly title: string; readonly text: string };

export function headline(overview: Overview): Headline {
  const { plan, job, last_run: run, connection } = overview;
  if (connection.state === "paused") return { kind: "paused", title: "The connection is paused", text: connection.pause_reason ?? "A key was refused. Nothing is lost; it goes on once the key works." };
  if (run?.state === "running") return { kind: "running", title: `Run ${run.number} is going on`, text: `${run.progress.done + run.progress.failed} of ${plural(run.progress.total, "operation")} so far.` };
  if (!plan) return job ? { kind: "reading", title: "Reading both sides", text: job.step } : { kind: "unread", title: "Start with a first reading", text: "Lockstep reads people and groups from both sides and compares them. Reading writes nothing; the plan that comes of it waits for you." };
  if (!plan.source.complete || !plan.target.complete) return { kind: "incomplete", title: "One side was not read to the end", text: `${plan.source.problem ?? plan.target.problem ?? "Read both sides again."} A short read can never deactivate anybody.` };
  if (plan.state !== "open" || plan.counts.all === 0) return { kind: "in-step", title: plan.counts.all === 0 ? "Both sides are in step" : `Plan ${plan.number} was approved`, text: plan.counts.all === 0 ? `${plural(plan.people_in_step, "person", "people")} compared; nothing differs.` : "Read both sides again to see where they stand now." };
  if (plan.counts.ready === 0) return { kind: "waits", title: `${plural(plan.counts.held, "operation")} of plan ${plan.number} ${plan.counts.held === 1 ? "is" : "are"} held`, text: "Everything else is in step. Each says what it waits for." };
  return { kind: "waits", title: `Plan ${plan.number} waits for you`, text: waitsText(plan) };
}

function waitsText(plan: PlanView): string {
  const guarded = plan.guards.reduce((sum, guard) => sum + guard.held, 0);
  const guard = guarded > 0 ? `A guard holds ${plural(guarded, "operation")}; nothing` : "Nothing";
  return `Computed from a complete read of both sides. ${guard} is sent before you approve.`;
}

/** Widths of the rules after the break: by square root, so that one of a thousand is still seen, never to scale. */
export function meshShares(update: number, create: number, deactivate: number): { update: number; create: number; deactivate: number } {
  const root = Math.sqrt(Math.max(update, create, deactivate, 1));
  // The words below need room too: none is narrower than two fifths of the widest.
  const weight = (count: number) => (count === 0 ? 0 : Math.max(0.4, Math.sqrt(count) / root));
  const weights = { update: weight(update), create: weight(create), deactivate: weight(deactivate) };
  const sum = weights.update + weights.create + weights.deactivate;
  if (sum === 0) return weights;
  return { update: weights.update / sum, create: weights.create / sum, deactivate: weights.deactivate / sum };
}

/** A round number above the highest day, and the lines below it. */
export function chartScale(days: readonly EventDay[]): { top: number; lines: number[] } {
  const highest = Math.max(0, ...days.map((day) => day.success + day.failure));
  const step = [1, 2, 4, 5, 10, 20, 25, 40, 50, 100, 200, 250, 400, 500].find((each) => each * 3 >= highest) ?? Math.ceil(highest / 3 / 1_000) * 1_000;
  return { top: step * 3, lines: [0, step, step * 2, step * 3] };
}

export type AheadDay = { readonly date: string; readonly people: readonly ExpiringPassword[] };

/** Expiring passwords by day, soonest first. */
export function byDay(passwords: readonly ExpiringPassword[]): AheadDay[] {
  const days = new Map<string, ExpiringPassword[]>();
  for (const password of passwords) {
    const date = password.expires_at.slice(0, 10);
    days.set(date, [...(days.get(date) ?? []), password]);
  }
  return [...days].sort(([a], [b]) => a.localeCompare(b)).map(([date, people]) => ({ date, people }));
}

export const doneCount = (checklist: readonly ChecklistItem[]): number => checklist.filter((item) => item.state === "done").length;

const CHART_DAYS = 14;

/** Fourteen days up to today, with the days on which nothing happened. */
export function everyDay(days: readonly EventDay[], now: Date): EventDay[] {
  return Array.from({ length: CHART_DAYS }, (_, index) => {
    const date = new Date(now.getTime() - (CHART_DAYS - 1 - index) * 86_400_000).toISOString().slice(0, 10);
    return days.find((day) => day.date === date) ?? { date, success: 0, failure: 0 };
  });
}
