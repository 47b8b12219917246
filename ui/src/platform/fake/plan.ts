import type { ChangeSummary, GuardView, HeldBy, OperationDetail, OperationKind, OperationRow, PersonRow, PlanView, ReasonCode, WhyStep } from "../types";
import { facetsOf } from "./window";

type Recipe = { kind: OperationKind; code: ReasonCode; text: string; group?: string; change: ChangeSummary; held?: HeldBy };

const off: ChangeSummary = { type: "active", before: true, after: false, changes: [] };
const title = (before: string, after: string): ChangeSummary => ({ type: "attributes", changes: [{ attribute: "title", before, after }] });

function recipe(index: number): Recipe {
  if (index < 14) return { kind: "deactivate_user", code: "left_last_bound_group", text: "left support-tier2, the last bound group.", group: "support-tier2", change: off, held: "guard" };
  if (index < 16) return { kind: "deactivate_user", code: "suspended", text: "is suspended in JumpCloud.", change: off, held: "guard" };
  if (index < 17) return { kind: "deactivate_user", code: "password_expired", text: "has an expired password in JumpCloud.", change: off, held: "guard" };
  if (index < 18) return { kind: "delete_group", code: "group_deleted", text: "was deleted in JumpCloud.", change: { type: "gone" }, held: "irreversible" };
  if (index < 30) return { kind: "create_user", code: "joined_bound_group", text: "joined eng-platform.", group: "eng-platform", change: { type: "new" } };
  if (index < 32) return { kind: "create_user", code: "domain_not_verified", text: "has an address in fennmark-labs.example, which is no verified domain.", change: { type: "new" }, held: "domain" };
  if (index < 33) return { kind: "activate_user", code: "restored", text: "was restored in JumpCloud.", change: { type: "active", before: false, after: true, changes: [] } };
  if (index < 36) return { kind: "add_members", code: "membership_changed", text: "has new members.", group: "eng-platform", change: { type: "members", added: 3, removed: 0 } };
  if (index < 37) return { kind: "remove_members", code: "membership_changed", text: "lost members.", group: "design", change: { type: "members", added: 0, removed: 1 } };
  const edits: ChangeSummary[] = [
    title("Support Engineer", "Support Lead"),
    { type: "attributes", changes: [{ attribute: "department", before: "Customer Care", after: "Service Operations" }] },
    { type: "attributes", changes: [{ attribute: "email", before: "jonas.aalto@fennmark.example", after: "jonas.aalto-berg@fennmark.example" }, { attribute: "name.familyName", before: "Aalto", after: "Aalto-Berg" }] },
    { type: "attributes", changes: [{ attribute: "name.familyName", before: "Zielinski", after: "Zieliński" }] },
    { type: "attributes", changes: [{ attribute: "preferredLanguage", before: null, after: "ja-JP" }] },
  ];
  return { kind: "update_user", code: "attributes_changed", text: "changed in JumpCloud.", change: edits[index % edits.length] as ChangeSummary };
}

const isOfGroup = (kind: OperationKind) => kind.endsWith("_group") || kind.endsWith("_members");
const groupSubjects = ["intranet-pilot", "eng-platform", "all-engineering", "data-science", "design"];

export function inventOperations(people: readonly PersonRow[], count: number): OperationRow[] {
  return Array.from({ length: Math.min(count, people.length) }, (_, index): OperationRow => {
    const made = recipe(index);
    const person = people[index] as PersonRow;
    const group = groupSubjects[(index === 17 ? 0 : index - 32) % groupSubjects.length] ?? "design";
    return {
      id: `op-${index}`,
      kind: made.kind,
      subject: isOfGroup(made.kind)
        ? { type: "group", source_id: `g-${group}`, target_id: `sg-${group}`, label: group }
        : { type: "person", source_id: person.key, target_id: made.kind === "create_user" ? null : `s${index}`, label: person.email ?? "", name: person.name },
      held_by: made.held ?? null,
      reversibility: made.kind === "delete_group" ? "irreversible" : made.kind === "create_user" ? "partly" : "reversible",
      reason: { code: made.code, text: `${isOfGroup(made.kind) ? group : person.name} ${made.text}`, group: made.group ?? null },
      change: made.change,
    };
  });
}

export const groupOfKind = (kind: OperationKind): "create" | "update" | "deactivate" | "delete" =>
  kind.startsWith("create") ? "create" : kind.startsWith("deactivate") ? "deactivate" : kind.startsWith("delete") ? "delete" : "update";

export function inventPlan(operations: readonly OperationRow[], people: readonly PersonRow[], planId: string, number: number, createdAt: string): PlanView {
  const count = (test: (operation: OperationRow) => boolean) => operations.filter(test).length;
  const ready = (operation: OperationRow) => operation.held_by === null;
  const of = (name: string) => (operation: OperationRow) => groupOfKind(operation.kind) === name;
  const guarded = operations.filter((operation) => operation.held_by === "guard");
  const guards: GuardView[] =
    guarded.length === 0
      ? []
      : [
          {
            code: "guard_deactivations",
            held: guarded.length,
            title: `A guard holds ${guarded.length} deactivations: more than 10 in one plan`,
            cause: "14 have one cause: support-tier2 lost 14 of 19 members. A mistake? Put them back in JumpCloud.",
            names: guarded.map((operation) => (operation.subject.type === "person" ? operation.subject.name : operation.subject.label)).slice(0, 20),
            releasable: true,
          },
        ];
  const readyCount = count(ready);
  return {
    plan_id: planId,
    number,
    basis: `sha256:${planId}`,
    created_at: createdAt,
    state: "open",
    source: { complete: true, problem: null, people: people.length, groups: 33 },
    target: { complete: true, problem: null, people: Math.max(0, people.length - 16), groups: 31 },
    counts: {
      all: operations.length,
      create: count(of("create")),
      update: count(of("update")),
      deactivate: count(of("deactivate")),
      delete: count(of("delete")),
      held: operations.length - readyCount,
      ready: readyCount,
      irreversible: count((operation) => operation.held_by === "irreversible"),
      ready_create: count((operation) => ready(operation) && of("create")(operation)),
      ready_update: count((operation) => ready(operation) && of("update")(operation)),
      ready_deactivate: 0,
      ready_delete: 0,
    },
    facets: facetsOf(operations, {
      kind: (operation) => operation.kind,
      state: (operation) => (operation.held_by === null ? "ready" : "held"),
      held_by: (operation) => operation.held_by ?? "ready",
      reason: (operation) => operation.reason.code,
    }),
    people_in_step: Math.max(0, people.length - operations.length),
    requests: readyCount + 3,
    read_backs: readyCount,
    seconds_expected: Math.max(3, Math.round(readyCount * 1.2)),
    guards,
    conflicts:
      operations.length === 0
        ? []
        : [
            {
              id: "c1",
              kind: "group_takeover",
              subject: { type: "group", source_id: "g-legal", target_id: "sg-legal", label: "legal" },
              text: "A group named legal exists in Atlassian and was not made by Lockstep. Taking it over would change its members.",
              choices: ["take-over", "leave-alone", "later"],
              stays: [],
              gains: [],
              loses: [],
              decision: null,
              facts: "f1",
            },
          ],
    findings: operations.length === 0 ? [] : [{ severity: "warning", code: "attribute_not_kept", text: "Atlassian does not keep the attribute timezone. It is not compared any more.", subjects: [] }],
    run_id: null,
  };
}

export function inventDetail(row: OperationRow): OperationDetail {
  const name = row.subject.type === "person" ? row.subject.name : row.subject.label;
  const whyOff: WhyStep[] = [
    { kind: "cause", title: row.reason.group ? `Left ${row.reason.group}` : row.reason.code === "suspended" ? "Suspended in JumpCloud" : "Password expired in JumpCloud", detail: "Read today", is_cut: true },
    { kind: "group", title: "No other bound group", detail: "Still in all-staff and eu-contractors; neither is bound", is_cut: false },
    { kind: "scope", title: "Out of scope", detail: "So the account is no longer provisioned", is_cut: false },
    { kind: "effect", title: "Deactivate in Atlassian", detail: "Reversible: undo activates the same account again", is_cut: false },
  ];
  const isOff = row.kind === "deactivate_user";
  return {
    row,
    held_text: row.held_by === "guard" ? "Held since the plan deactivates 17 people, and 10 are allowed. Override the guard to let them go." : row.held_by === "domain" ? "Held since the address is in no verified domain. Verify it in Atlassian, or add it in Settings." : row.held_by === "irreversible" ? "Held since it cannot be undone. It is asked for by its name." : null,
    attributes:
      row.change.type === "attributes" || row.change.type === "active"
        ? [...row.change.changes]
        : row.change.type === "new"
          ? [
              { attribute: "userName", before: null, after: row.subject.label.split("@")[0] ?? null },
              { attribute: "email", before: null, after: row.subject.label },
              { attribute: "displayName", before: null, after: name },
              { attribute: "title", before: null, after: "Platform Engineer" },
            ]
          : [],
    members_added: row.change.type === "members" && row.change.added > 0 ? ["idris.bello@fennmark.example", "wei.chua@fennmark.example", "owen.pryce@fennmark.example"] : [],
    members_removed: row.change.type === "members" && row.change.removed > 0 ? ["hugo.tremblay@fennmark.example"] : [],
    why: isOff ? whyOff : [{ kind: "cause", title: row.reason.text.replace(/\.$/, ""), detail: "Read today", is_cut: false }, { kind: "effect", title: row.kind === "create_user" ? "Create in Atlassian" : "Update in Atlassian", detail: null, is_cut: false }],
    would_change: isOff ? ["Stays active if back in support-tier2.", "Stays active in any of 37 other bound groups."] : [],
    undo_text: row.reversibility === "irreversible" ? "Cannot be undone." : row.reversibility === "partly" ? "Undo deactivates the account; it cannot be made never to have been." : "Undo brings back what was there before.",
  };
}
