/** Groups, conflicts and decisions, as the engine's façade answers them. */
import type * as generated from "../bindings.gen";

export type AppAccess = { app: string; resource: string; site: string | null; roles: string[]; is_default: boolean };

export type GroupState = "new" | "same_name_exists" | "managed" | "waiting_for_atlassian" | "default_group" | "empty" | "released" | "unbound" | "deleted" | "vanished" | "left_alone";
export type GroupRow = {
  source_id: string | null;
  target_id: string | null;
  name: string;
  members: number;
  members_in_target: number | null;
  state: GroupState;
  would_deactivate: number;
  other_connectors: string[];
  conflict: string | null;
  is_protected: boolean;
};
export type GroupWindow = { rows: GroupRow[]; total: number; unfiltered: number; facets: generated.Facet[] };

export type AffectedPerson = { label: string; name: string; source_id: string | null; target_id: string | null; through: string[] };
export type BlastRadius = { deactivated: AffectedPerson[]; deactivated_total: number; keeps: AffectedPerson[]; keeps_total: number; inactive_already: number; without_account: number; unknown: number; text: string; confirmation: string };
export type GroupWhy = { situation: string; text: string; causes: string[]; path: generated.PathGroup[]; would_change: string[] };
export type GroupPage = {
  row: GroupRow;
  explanation: GroupWhy;
  access: AppAccess[];
  if_unbound: BlastRadius | null;
  if_deleted: BlastRadius | null;
  conflict: ConflictView | null;
  operations: generated.OperationRow[];
  deep_link: string | null;
  read_at: string | null;
  plan_id: string | null;
};

export type BindableGroup = { source_id: string; name: string; members: number | null; is_bound: boolean; is_dynamic: boolean | null };
export type BindPreview = { group: BindableGroup; enters: AffectedPerson[]; enters_total: number; already_in_scope: number; text: string; confirmation: string };

export type ConflictPerson = { label: string; name: string; target_id: string | null; keeps_access_through: string[]; loses_access_to: string[]; in_jumpcloud: boolean };
export type ConflictWarning = { code: string; text: string };
export type NewSeats = { app: string; people: string[] };
export type Conflict = {
  id: string;
  kind: generated.ConflictKind;
  subject: generated.Subject;
  text: string;
  choices: string[];
  stays: ConflictPerson[];
  gains: ConflictPerson[];
  loses: ConflictPerson[];
  access: AppAccess[];
  warnings: ConflictWarning[];
  new_seats: NewSeats[];
  waiting: string | null;
  blocked: string | null;
  decision: string | null;
  facts: string;
};
export type ConflictStatus = "open" | "later" | "decided" | "waiting" | "facts_changed" | "blocked";
export type FormerDecision = { choice: string; by: string; at: string };
export type ConflictView = {
  /** Lists of people are cut at 1,000. */
  conflict: Conflict;
  stays_total: number;
  gains_total: number;
  loses_total: number;
  status: ConflictStatus;
  decided_by: string | null;
  decided_at: string | null;
  decided_before: FormerDecision | null;
  deep_link: string | null;
  /** Whether an organisation key lets Lockstep see members and app access of groups that did not come by SCIM. */
  organisation_known: boolean;
  plan_id: string;
};
export type ConflictRow = {
  id: string;
  kind: generated.ConflictKind;
  subject: generated.Subject;
  facts: string;
  status: ConflictStatus;
  stays: number;
  gains: number;
  loses: number;
  /** `null`: it cannot be seen. */
  loses_access: number | null;
  new_seats: number;
  access: AppAccess[];
  decision: string | null;
  decided_by: string | null;
  decided_at: string | null;
  choices: string[];
  blocked: string | null;
  waiting: string | null;
};
export type ConflictWindow = { rows: ConflictRow[]; total: number; unfiltered: number; facets: generated.Facet[] };

export type DecisionInput = { conflict: string; choice: string; facts: string | null; seen: string | null };
export type RefusedDecision = { conflict: string; label: string; code: string; text: string };
export type DecideAnswer = { decided: string[]; refused: RefusedDecision[]; plan: string | null };

type Answer<T> = Promise<{ status: "ok"; data: T } | { status: "error"; error: generated.CommandError }>;
export type GroupCommands = {
  listGroups(connectionId: string, query: generated.WindowQuery): Answer<GroupWindow>;
  getGroup(connectionId: string, key: string): Answer<GroupPage>;
  bindableGroups(connectionId: string, search: string): Answer<BindableGroup[]>;
  bindPreview(connectionId: string, group: string): Answer<BindPreview>;
  bindGroup(connectionId: string, group: string, confirmation: string): Answer<generated.JobView>;
  unbindGroup(connectionId: string, group: string, confirmation: string): Answer<generated.JobView>;
  listConflicts(connectionId: string, query: generated.WindowQuery): Answer<ConflictWindow>;
  getConflict(connectionId: string, conflict: string): Answer<ConflictView>;
  decide(connectionId: string, decisions: DecisionInput[]): Answer<DecideAnswer>;
  withdrawDecisions(connectionId: string, conflicts: string[]): Answer<DecideAnswer>;
};
