import type { FacetGroup } from "../../components/data-table/Facets";
import type { PlanSearch } from "../../components/listSearch";
import { causeWord, heldFacets, type KindGroup, kindLabel, kinds, kindsOfGroup } from "../../components/operation/words";
import { formatCount, formatEstimate } from "../../lib/format";
import { plural } from "../../lib/plural";
import type { Facet, GuardView, HeldBy, OperationKind, OperationRow, PlanCounts, PlanView, ReasonCode, Subject } from "../../platform";
import { texts } from "./texts";

/** What the counts above the table stand for, as a filter. */
export type Chip = "all" | KindGroup | "held";

const sameSet = (a: readonly string[], b: readonly string[]) => a.length === b.length && a.every((each) => b.includes(each));

/** Which count the address amounts to; null when it is a filter of another shape. */
export function activeChip(search: PlanSearch): Chip | null {
  const others = [search.reason, search.held_by].some((values) => values !== undefined);
  if (others) return null;
  if (search.state === undefined) {
    if (search.kind === undefined) return "all";
    return (["create", "update", "deactivate", "delete"] as const).find((group) => sameSet(search.kind ?? [], kindsOfGroup(group))) ?? null;
  }
  return search.kind === undefined && sameSet(search.state, ["held"]) ? "held" : null;
}

/** The filter of a count; it replaces every other facet. */
export function chipSearch(chip: Chip): Partial<PlanSearch> {
  const base: Partial<PlanSearch> = { kind: undefined, state: undefined, held_by: undefined, reason: undefined, open: undefined };
  if (chip === "all") return base;
  if (chip === "held") return { ...base, state: ["held"] };
  return { ...base, kind: kindsOfGroup(chip) };
}

/** The facets of a plan; what holds is told apart, as the answers differ. */
export function facetGroups(facets: readonly Facet[], search: PlanSearch): FacetGroup[] {
  const order = Object.keys(kinds);
  const options = (field: string, label: (value: string) => string) =>
    facets.filter((facet) => facet.field === field && facet.count > 0).map(({ value, count }) => ({ value, count, label: label(value) }));
  return [
    { field: "kind", title: texts.facetKind, chosen: search.kind ?? [], options: options("kind", (value) => kindLabel(value as OperationKind)).sort((a, b) => order.indexOf(a.value) - order.indexOf(b.value)) },
    { field: "state", title: texts.facetState, chosen: search.state ?? [], options: options("state", (value) => (value === "ready" ? "Ready" : "Held")) },
    { field: "held_by", title: texts.facetHeld, chosen: search.held_by ?? [], options: options("held_by", (value) => heldFacets[value as HeldBy] ?? value).filter((option) => option.value !== "ready") },
    { field: "reason", title: texts.facetCause, chosen: search.reason ?? [], options: options("reason", (value) => causeWord(value as ReasonCode) ?? value) },
  ].filter((group) => group.options.length > 0);
}

/** What a person decided about this plan besides approving it; gone with the plan. */
export type Decisions = { readonly overrideReason: string | null; readonly allowed: ReadonlySet<string> };

/** How many operations approving would send. */
export function approvedCount(plan: PlanView, decisions: Decisions): number {
  const released = decisions.overrideReason === null ? 0 : plan.guards.filter((guard) => guard.releasable).reduce((sum, guard) => sum + guard.held, 0);
  return plan.counts.ready + released + decisions.allowed.size;
}

/** "12 create, 29 update": what is ready, without zeros. */
export function readyParts(counts: PlanCounts): string {
  const parts: readonly (readonly [number, string])[] = [
    [counts.ready_create, "create"],
    [counts.ready_update, "update"],
    [counts.ready_deactivate, "deactivate"],
    [counts.ready_delete, "delete"],
  ];
  return parts.filter(([count]) => count > 0).map(([count, word]) => `${formatCount(count)} ${word}`).join(", ");
}

/** What approving covers; `released` are those that an override or a typed name let go. */
export function readyTitle(counts: PlanCounts, released: number): string {
  const parts = readyParts(counts);
  const ready = counts.ready > 0 ? `${plural(counts.ready, "operation")} ready${parts ? `: ${parts}` : ""}` : "";
  if (released === 0) return ready;
  return ready === "" ? `${plural(released, "operation")} that you released` : `${ready}, and ${formatCount(released)} that you released`;
}

/** Requests and time, then what is left out and why it stays behind. */
export function approveText(plan: PlanView, decisions: Decisions): string {
  const cost = [plural(plan.requests, "request"), plan.read_backs > 0 ? `${plural(plan.read_backs, "read-back")}` : ""].filter(Boolean).join(" and ");
  const time = plan.seconds_expected === null ? "" : `, ${formatEstimate(plan.seconds_expected)}`;
  const left = plan.counts.all - approvedCount(plan, decisions);
  const irreversible = Math.max(0, plan.counts.irreversible - decisions.allowed.size);
  const held = Math.max(0, left - irreversible);
  const parts = [held > 0 ? `${formatCount(held)} held` : "", irreversible > 0 ? `${formatCount(irreversible)} irreversible` : ""].filter(Boolean);
  return `${cost}${time}.${parts.length > 0 ? ` Not covered: ${parts.join(", ")}.` : ""}`;
}

/** Whether the plan on the screen can still be approved. */
export function standing(plan: PlanView): "open" | "applied" | "superseded" | "incomplete" {
  if (plan.state === "applied" || plan.state === "approved" || plan.run_id !== null) return "applied";
  if (plan.state === "superseded") return "superseded";
  return plan.source.complete && plan.target.complete ? "open" : "incomplete";
}

/** The question that holds an operation: the one about its own subject, else one that concerns everybody. */
export function conflictOf(plan: PlanView, { subject }: OperationRow): string | undefined {
  const isSame = (other: Subject) => other.type === subject.type && (subject.source_id !== null ? other.source_id === subject.source_id : other.label === subject.label);
  return (plan.conflicts.find((conflict) => isSame(conflict.subject)) ?? plan.conflicts.find((conflict) => conflict.kind === "directory_replaced"))?.id;
}

const NAMES_SHOWN = 6;

/** "Amara Osei, Bram de Wit and 11 more". */
export function namesOf(guard: GuardView): string {
  const shown = guard.names.slice(0, NAMES_SHOWN);
  const more = guard.held - shown.length;
  return more > 0 ? `${shown.join(", ")} and ${formatCount(more)} more` : shown.join(", ");
}
