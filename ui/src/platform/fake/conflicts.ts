import type { AppAccess, Conflict, ConflictPerson, ConflictRow, ConflictStatus, ConflictView, DecideAnswer, DecisionInput, FormerDecision, RefusedDecision } from "../types";
import { numbers } from "./people";

type Named = { name: string; email: string | null };
type Entry = { conflict: Conflict; decidedBy: string | null; decidedAt: string | null; before: FormerDecision | null; isApplied: boolean };

const cloud = "ari:cloud";
export const access = (app: string, site: string, roles: string[] = ["atlassian/user"], isDefault = false): AppAccess => ({ app, resource: `${cloud}:${app}::site/${site}`, site, roles, is_default: isDefault });

const person = ({ name, email }: Named, index: number): ConflictPerson => ({ label: email ?? name, name, target_id: `s${index}`, keeps_access_through: [], loses_access_to: [], in_jumpcloud: true });

const takeoverChoices = ["take-over", "keep-others", "rename:NEW", "leave-alone", "later"];

function takeover(name: string, apps: AppAccess[], counts: readonly [stay: number, gain: number, lose: number, access: number], people: readonly Named[], more: Partial<Conflict> = {}): Conflict {
  const [stay, gain, lose, losing] = counts;
  const next = numbers(name.length * 31 + stay);
  const at = Math.floor(next() * Math.max(1, people.length - stay - gain - lose));
  const take = (from: number, count: number) => Array.from({ length: count }, (_, index) => person(people[(at + from + index) % people.length] ?? { name: `Person ${index}`, email: null }, at + from + index));
  const app = `${apps[0]?.app ?? "jira-software"} (${apps[0]?.site ?? "fennmark"})`;
  return {
    id: `takeover:${name}`,
    kind: "group_takeover",
    subject: { type: "group", source_id: `g-${name}`, target_id: null, label: name },
    text: `A group named ${name} exists in Atlassian and was not made by Lockstep. Taking it over gives it JumpCloud’s members.`,
    choices: takeoverChoices,
    stays: take(0, stay),
    gains: take(stay, gain),
    loses: take(stay + gain, lose).map((each, index) => (index < losing ? { ...each, loses_access_to: [app], in_jumpcloud: index !== 3 } : { ...each, keeps_access_through: [index % 2 === 0 ? "eng-platform" : "people-ops"] })),
    access: apps,
    warnings: [],
    new_seats: gain > 3 ? [{ app, people: take(stay, 2).map((each) => each.label) }] : [],
    waiting: null,
    blocked: null,
    decision: null,
    facts: `facts-${name}-1`,
    ...more,
  };
}

const ago = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();
const entry = (conflict: Conflict, more: Partial<Entry> = {}): Entry => ({ conflict, decidedBy: conflict.decision ? "Ines Varga" : null, decidedAt: conflict.decision ? ago(3) : null, before: null, isApplied: false, ...more });
const other = (kind: Conflict["kind"], subject: Conflict["subject"], text: string, choices: string[], more: Partial<Conflict> = {}): Conflict => ({
  id: `${kind}:${subject.label}`,
  kind,
  subject,
  text,
  choices,
  stays: [],
  gains: [],
  loses: [],
  access: [],
  warnings: [],
  new_seats: [],
  waiting: null,
  blocked: null,
  decision: null,
  facts: `facts-${subject.label}-1`,
  ...more,
});
const groupSubject = (label: string) => ({ type: "group" as const, source_id: `g-${label}`, target_id: `sg-${label}`, label });

function typical(people: readonly Named[]): Entry[] {
  const fennmark = (...apps: string[]) => apps.map((app) => access(app, "fennmark"));
  const first = people[40] ?? { name: "Leila Haddad", email: "leila.haddad@fennmark.example" };
  return [
    entry(takeover("confluence-editors", fennmark("confluence"), [41, 6, 9, 4], people)),
    entry(takeover("jira-service-agents", fennmark("jira-servicedesk"), [28, 0, 3, 3], people)),
    entry(takeover("finance-approvers", [access("jira-software", "fennmark-fin")], [12, 1, 2, 1], people)),
    entry(takeover("eng-platform", fennmark("jira-software", "confluence", "bitbucket"), [38, 4, 0, 0], people), { before: { choice: "take-over", by: "Ines Varga", at: ago(2) } }),
    entry(takeover("data-science", fennmark("jira-software", "confluence"), [17, 2, 0, 0], people)),
    entry(
      takeover("site-admins", [access("jira-software", "fennmark", ["atlassian/user", "atlassian/admin"]), access("confluence", "fennmark", ["atlassian/admin"])], [3, 1, 1, 1], people, {
        warnings: [{ code: "admin_role", text: "This group makes its members administrators of Jira and Confluence. Whoever joins it in JumpCloud becomes one." }],
      }),
    ),
    entry(
      takeover("jira-users-fennmark", [access("jira-software", "fennmark", ["atlassian/user"], true)], [240, 12, 31, 0], people, {
        blocked: "It is a default access group of Jira, and Atlassian does not sync those. To sync it, make another group the default one in Atlassian Administration: Products, Jira, Manage product access. Then read both sides again.",
        warnings: [{ code: "default_access_group", text: "Whoever gets Jira is put in here." }],
        choices: ["rename:NEW", "leave-alone", "later"],
      }),
    ),
    entry(takeover("legal", fennmark("confluence"), [9, 0, 1, 0], people, { waiting: "Open the group in Atlassian Administration and choose Review, then Sync group. Lockstep looks every minute and goes on by itself.", decision: "take-over" }), { decidedBy: "Tomas Lindqvist" }),
    entry(takeover("design", fennmark("confluence"), [15, 3, 1, 0], people, { decision: "rename:design-jc" })),
    entry(takeover("people-ops", fennmark("confluence"), [9, 0, 2, 0], people, { decision: "keep-others" })),
    entry(takeover("site-reliability", fennmark("jira-software", "opsgenie"), [11, 1, 0, 0], people, { decision: "take-over" }), { isApplied: true, decidedBy: "Tomas Lindqvist", decidedAt: ago(5) }),
    entry(
      other("group_rename", groupSubject("sales-emea"), "sales-emea was renamed to sales-europe in JumpCloud, and Atlassian does not let a synced group be renamed.", ["keep-old-name", "create-new", "rename-in-atlassian", "later"], {
        warnings: [{ code: "rename_cost", text: "Create new: 42 people move to sales-europe, which begins without any permission; sales-emea stays behind with its permissions and without members." }],
      }),
    ),
    entry(other("group_on_two_connectors", groupSubject("research"), "research is also bound to Atlassian Cloud (test). Unbinding it from one connector deactivates its 18 people through that one, although the other still has them.", ["acknowledge", "leave-alone"])),
    entry(
      other("ambiguous_person", { type: "person", source_id: "p40", target_id: null, label: first.email ?? first.name, name: first.name }, `Two accounts in Atlassian fit ${first.name}: one by user name, another by e-mail.`, ["s-9041", "s-7712", "leave-alone"]),
    ),
    entry(other("vanished_target", groupSubject("partners"), "partners was deleted in Atlassian by somebody else. Its permissions are gone for good.", ["recreate", "leave-alone"])),
  ];
}

function huge(people: readonly Named[]): Entry[] {
  const made = Array.from({ length: 400 }, (_, index) => entry(takeover(`team-${String(index).padStart(4, "0")}`, [access(index % 2 === 0 ? "jira-software" : "confluence", "fennmark")], [20 + ((index * 7) % 90), index % 5, index % 6, index % 3 === 0 ? index % 6 : 0], people)));
  return [entry(takeover("everybody", [access("jira-software", "fennmark"), access("confluence", "fennmark")], [30_000, 12_000, 8_000, 3_200], people)), ...made];
}

/** Conflicts and what was decided about them, as the engine keeps them: a decision counts only for the facts it was made on. */
export class FakeConflicts {
  private entries: Entry[];

  constructor(scenario: string, people: readonly Named[]) {
    this.entries = people.length === 0 ? [] : scenario === "huge" ? huge(people) : typical(people);
  }

  statusOf({ conflict, before }: Entry): ConflictStatus {
    if (conflict.waiting !== null) return "waiting";
    if (conflict.decision === "later") return "later";
    if (conflict.decision !== null) return "decided";
    if (before !== null) return "facts_changed";
    return conflict.blocked !== null ? "blocked" : "open";
  }

  rows(): ConflictRow[] {
    return this.entries.map((each): ConflictRow => {
      const { conflict } = each;
      const isSeen = conflict.kind === "group_takeover";
      return {
        id: conflict.id,
        kind: conflict.kind,
        subject: conflict.subject,
        facts: conflict.facts,
        status: this.statusOf(each),
        stays: conflict.stays.length,
        gains: conflict.gains.length,
        loses: conflict.loses.length,
        loses_access: isSeen ? conflict.loses.filter((loser) => loser.loses_access_to.length > 0).length : null,
        new_seats: conflict.new_seats.reduce((sum, seats) => sum + seats.people.length, 0),
        access: conflict.access,
        decision: conflict.decision,
        decided_by: each.decidedBy,
        decided_at: each.decidedAt,
        choices: conflict.choices,
        blocked: conflict.blocked,
        waiting: conflict.waiting,
      };
    });
  }

  openCount(): number {
    return this.entries.filter((each) => !["decided", "waiting"].includes(this.statusOf(each))).length;
  }

  waitingCount(): number {
    return this.entries.filter((each) => this.statusOf(each) === "waiting").length;
  }

  view(id: string): ConflictView | null {
    const found = this.entries.find((each) => each.conflict.id === id);
    if (!found) return null;
    const { conflict } = found;
    const cut = (people: ConflictPerson[]) => people.slice(0, 1_000);
    return {
      conflict: { ...conflict, stays: cut(conflict.stays), gains: cut(conflict.gains), loses: cut(conflict.loses) },
      stays_total: conflict.stays.length,
      gains_total: conflict.gains.length,
      loses_total: conflict.loses.length,
      plan_id: "plan-418",
      status: this.statusOf(found),
      decided_by: found.decidedBy,
      decided_at: found.decidedAt,
      decided_before: found.before,
      deep_link: found.conflict.kind === "group_takeover" ? `https://admin.atlassian.com/o/7f3c9b1e/groups?search=${found.conflict.subject.label}` : null,
      organisation_known: found.conflict.subject.label !== "data-science",
    };
  }

  forGroup(name: string): ConflictView | null {
    const found = this.entries.find((each) => each.conflict.subject.type === "group" && each.conflict.subject.label === name);
    return found ? this.view(found.conflict.id) : null;
  }

  decide(inputs: readonly DecisionInput[]): DecideAnswer {
    const refused: RefusedDecision[] = [];
    const decided: string[] = [];
    for (const input of inputs) {
      const found = this.entries.find((each) => each.conflict.id === input.conflict);
      const refuse = (code: string, text: string) => refused.push({ conflict: input.conflict, label: found?.conflict.subject.label ?? input.conflict, code, text });
      if (!found) {
        refuse("unknown_conflict", "This question is gone: the group was deleted or is no longer bound.");
        continue;
      }
      const name = input.choice.startsWith("rename:") ? input.choice.slice("rename:".length).trim() : null;
      if (input.facts !== null && input.facts !== found.conflict.facts) refuse("facts_changed", `The facts about ${found.conflict.subject.label} changed since they were shown. Look at them again, then decide.`);
      else if (input.facts !== null && input.seen !== found.conflict.decision) refuse("decided_elsewhere", `${found.decidedBy ?? "Somebody"} decided about ${found.conflict.subject.label} in another window. Look at that decision, then change it if you must.`);
      else if (name === null && !found.conflict.choices.includes(input.choice)) refuse("choice_not_offered", `${found.conflict.subject.label} cannot be answered like this: ${found.conflict.blocked ?? "the choice is not offered"}`);
      else if (name === "") refuse("name_invalid", "Give the group a name.");
      else if (name !== null && name.toLowerCase() === found.conflict.subject.label.toLowerCase()) refuse("name_taken", `${name} is the name that clashes. Choose another one.`);
      else if (name !== null && this.entries.some((each) => each.conflict.subject.label.toLowerCase() === name.toLowerCase())) refuse("name_taken", `A group named ${name} exists in Atlassian too. Choose another name.`);
      else {
        found.conflict = { ...found.conflict, decision: input.choice };
        found.decidedBy = "Ines Varga";
        found.decidedAt = new Date().toISOString();
        found.before = null;
        decided.push(input.conflict);
      }
    }
    return { decided, refused, plan: decided.length > 0 ? "plan-419" : null };
  }

  withdraw(ids: readonly string[]): DecideAnswer {
    const refused: RefusedDecision[] = [];
    const decided: string[] = [];
    for (const id of ids) {
      const found = this.entries.find((each) => each.conflict.id === id);
      if (!found) refused.push({ conflict: id, label: id, code: "unknown_conflict", text: "This question is gone." });
      else if (found.isApplied) refused.push({ conflict: id, label: found.conflict.subject.label, code: "already_applied", text: `A plan with this decision about ${found.conflict.subject.label} was applied. What it did is in the run; undo it there.` });
      else {
        found.conflict = { ...found.conflict, decision: null, waiting: null };
        found.decidedBy = null;
        found.decidedAt = null;
        decided.push(id);
      }
    }
    return { decided, refused, plan: decided.length > 0 ? "plan-419" : null };
  }

  /** Somebody else decides, or the facts move, while a window is open; for tests. */
  moveFacts(id: string): void {
    const found = this.entries.find((each) => each.conflict.id === id);
    if (found) found.conflict = { ...found.conflict, facts: `${found.conflict.facts}-moved`, loses: found.conflict.loses.slice(1) };
  }
}
