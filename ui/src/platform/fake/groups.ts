import type { AffectedPerson, BindableGroup, BindPreview, BlastRadius, GroupPage, GroupRow, GroupState, OperationRow, PersonRow } from "../types";
import { access, type FakeConflicts } from "./conflicts";
import { groupNames } from "./people";

const affected = (person: PersonRow, through: string[]): AffectedPerson => ({ label: person.email ?? person.name, name: person.name, source_id: person.key, target_id: `s-${person.key}`, through });
const people = (count: number) => (count === 1 ? "1 person" : `${count.toLocaleString("en-GB")} people`);

function stateOf(index: number): GroupState {
  if (index === 6) return "same_name_exists";
  if (index === 8) return "default_group";
  if (index === 9) return "waiting_for_atlassian";
  if (index === 13) return "empty";
  if (index === 19) return "deleted";
  return index % 7 === 3 ? "new" : "managed";
}

/** Bound groups and those that could be bound; unbinding one takes it away. */
export class FakeGroups {
  rows: GroupRow[];
  private readonly unbound: BindableGroup[];

  constructor(
    isHuge: boolean,
    private readonly everybody: readonly PersonRow[],
    private readonly operations: readonly OperationRow[],
    private readonly conflicts: FakeConflicts,
  ) {
    const names = everybody.length === 0 ? [] : isHuge ? ["everybody", ...Array.from({ length: 1_999 }, (_, index) => `team-${String(index).padStart(4, "0")}`)] : groupNames;
    this.rows = names.map((name, index): GroupRow => {
      const state = isHuge ? (index % 5 === 0 ? "same_name_exists" : "managed") : stateOf(index);
      const members = state === "empty" ? 0 : isHuge && index === 0 ? 50_000 : 12 + ((index * 37) % 160);
      return {
        source_id: `g-${name}`,
        target_id: state === "managed" ? `sg-${name}` : null,
        name,
        members,
        members_in_target: state === "new" || state === "empty" ? null : Math.max(0, members - (index % 5 === 0 ? 3 : 0)),
        state,
        would_deactivate: isHuge && index === 0 ? 1_204 : state === "empty" ? 0 : (index * 5) % 23,
        other_connectors: index === 15 ? ["Atlassian Cloud (test)"] : [],
        conflict: conflicts.forGroup(name)?.conflict.id ?? null,
        is_protected: index === 11,
      };
    });
    this.unbound = ["all-staff", "eu-contractors", "us-contractors", "interns-2026", "board", "mobile-guild", "design-guild", "security-champions"].map((name, index) => ({ source_id: `g-${name}`, name, members: [2410, 86, 41, 12, 7, 23, 18, 31][index] ?? 10, is_bound: false, is_dynamic: index === 0 || index === 7 }));
  }

  private radius(row: GroupRow, what: "unbound" | "deleted"): BlastRadius {
    const at = (row.name.length * 97) % Math.max(1, this.everybody.length - row.members);
    const members = Array.from({ length: row.members }, (_, index) => this.everybody[(at + index) % this.everybody.length]).filter((each): each is PersonRow => each !== undefined);
    const deactivated = members.slice(0, row.would_deactivate).map((each) => affected(each, []));
    const keeps = members.slice(row.would_deactivate, Math.max(row.would_deactivate, row.members - 3)).map((each, index) => affected(each, index % 3 === 0 ? ["eng-platform", "design"] : ["all-engineering"]));
    const consequence = what === "unbound" ? "Syncing stops at once, and the group in Atlassian stays as it is, for good." : "The group is deleted in Atlassian with every permission it carries, for good.";
    return { deactivated: deactivated.slice(0, 1_000), deactivated_total: deactivated.length, keeps: keeps.slice(0, 1_000), keeps_total: keeps.length, without_account: 0, inactive_already: Math.min(3, row.members), unknown: 0, text: `${consequence} ${deactivated.length === 0 ? "Nobody would be deactivated." : `${people(deactivated.length)} would be deactivated, in no other bound group.`}`, confirmation: `${row.name}:${what}:${row.would_deactivate}` };
  }

  page(key: string): GroupPage | null {
    const row = this.rows.find((each) => each.source_id === key || each.target_id === key || each.name === key);
    if (!row) return null;
    const conflict = this.conflicts.forGroup(row.name);
    const apps = conflict?.conflict.access ?? (row.state === "managed" ? [access("jira-software", "fennmark"), access("confluence", "fennmark", ["atlassian/user", "atlassian/guest"])] : []);
    const isOurs = row.state === "managed" || row.state === "waiting_for_atlassian";
    return {
      row,
      explanation: {
        situation: row.state,
        text: isOurs ? `${row.name} is bound to the application, so its ${people(row.members)} are in scope and are its members in Atlassian.` : row.state === "empty" ? `${row.name} has no members, so it is not created in Atlassian.` : `${row.name} is bound to the application; its membership is not sent yet.`,
        causes: [],
        path: [],
        would_change: [`${row.name} would stop being synced if it were unbound`, `${row.name} would be renamed if it were renamed in JumpCloud`],
      },
      access: apps,
      if_unbound: this.radius(row, "unbound"),
      if_deleted: this.radius(row, "deleted"),
      conflict,
      operations: this.operations.filter((each) => each.subject.type === "group" && each.subject.label === row.name).slice(0, 5),
      deep_link: conflict?.deep_link ?? null,
      read_at: new Date().toISOString(),
      plan_id: "plan-418",
    };
  }

  bindable(search: string): BindableGroup[] {
    const needle = search.trim().toLowerCase();
    const bound = this.rows.map((row): BindableGroup => ({ source_id: row.source_id ?? row.name, name: row.name, members: row.members, is_bound: true, is_dynamic: false }));
    return [...this.unbound, ...bound].filter((each) => each.name.toLowerCase().includes(needle)).slice(0, 50);
  }

  preview(id: string): BindPreview | null {
    const group = this.bindable("").concat(this.unbound).find((each) => each.source_id === id);
    if (!group) return null;
    const members = group.members ?? 0;
    const enters = this.everybody.filter((each) => each.scope_group_count === 0).slice(0, Math.min(members, 64)).map((each) => affected(each, []));
    return { group, enters, enters_total: enters.length, already_in_scope: members - enters.length, text: `${people(enters.length)} come into scope; the other ${people(members - enters.length)} are already.`, confirmation: `${id}:${enters.length}` };
  }

  bind(id: string): void {
    const group = this.unbound.find((each) => each.source_id === id);
    if (!group || this.rows.some((row) => row.source_id === id)) return;
    this.rows = [...this.rows, { source_id: id, target_id: null, name: group.name, members: group.members ?? 0, members_in_target: null, state: "new", would_deactivate: 0, other_connectors: [], conflict: null, is_protected: false }];
  }

  unbind(id: string): void {
    this.rows = this.rows.filter((row) => row.source_id !== id);
  }
}
