/**
 * What the window may ask of the engine, and what it is told.
 *
 * The shapes repeat `lockstep-engine/src/api/views.rs` field by field: snake_case names, ids and times as text, `null` for absent.
 */

export type ErrorCode =
  | "not_configured"
  | "token_rejected"
  | "token_lacks_scope"
  | "keychain_unavailable"
  | "busy"
  | "plan_stale"
  | "guard_tripped"
  | "conflicts_open"
  | "rate_limited"
  | "remote_unavailable"
  | "remote_rejected"
  | "invalid_input"
  | "not_found"
  | "not_active"
  | "database_too_new"
  | "disk_full"
  | "cancelled"
  | "internal";

export type CommandError = { code: ErrorCode; message: string; hints: string[]; retryable: boolean; detail: string | null };
export type Result<T> = { status: "ok"; data: T } | { status: "error"; error: CommandError };

export type CacheTag = "connections" | "settings" | "snapshots" | "people" | "groups" | "links" | "plan" | "conflicts" | "runs" | "quarantine" | "events" | "import";

export type ConnectionState = "inactive" | "active" | "paused";
export type KeyKind = "jumpcloud" | "scim" | "organisation";
export type Endpoints = {
  jumpcloud_url: string;
  insights_url: string | null;
  jumpcloud_organisation: string | null;
  application: string;
  scim_url: string;
  organisation_url: string | null;
  organisation_id: string | null;
};
export type Attribute =
  | "externalId"
  | "userName"
  | "email"
  | "name.givenName"
  | "name.middleName"
  | "name.familyName"
  | "displayName"
  | "nickName"
  | "title"
  | "department"
  | "organization"
  | "preferredLanguage"
  | "timezone"
  | "phoneNumber";
export type Guards = { max_deactivations: number | null; max_deactivation_share: number | null; max_removal_share: number | null };
export type Policy = {
  group_management: boolean;
  domains: "verified_only" | "any";
  typed_domains: string[];
  user_limit: number;
  user_order: "joined" | "name" | "jumpcloud-created";
  guards: Guards;
  protected_people: string[];
  protected_groups: string[];
  deleted_users: "deactivate" | "delete";
  mapping: { off: Attribute[]; source: Partial<Record<Attribute, string>> };
};
export type ConnectionDraft = { name: string; endpoints: Endpoints; policy: Policy; concurrency: number; read_interval_seconds: number | null };
export type KeyStatus = { kind: KeyKind; is_stored: boolean; origin: string | null; fingerprint: string | null; problem: string | null };
/** Goes in only; no answer ever carries a key. */
export type KeysInput = { jumpcloud: string | null; scim: string | null; organisation: string | null };
export type ConnectionView = {
  connection_id: string;
  state: ConnectionState;
  pause_reason: string | null;
  is_sandbox: boolean;
  draft: ConnectionDraft;
  keys: KeyStatus[];
};
export type Check = { name: string; ok: boolean; text: string; remedy: string | null };
export type ApplicationChoice = { id: string; label: string; template: string; is_atlassian: boolean };

export type PlanCounts = {
  all: number;
  create: number;
  update: number;
  deactivate: number;
  delete: number;
  held: number;
  ready: number;
  irreversible: number;
  ready_create: number;
  ready_update: number;
  ready_deactivate: number;
  ready_delete: number;
};
export type SideView = { complete: boolean; problem: string | null; people: number; groups: number };
export type GuardView = { code: string; held: number; title: string; cause: string | null; names: string[]; releasable: boolean };
export type Facet = { field: string; value: string; count: number };
export type Severity = "info" | "warning" | "error";
export type Finding = { severity: Severity; code: string; text: string; subjects: string[] };
export type ConflictKind = "group_takeover" | "group_rename" | "group_on_two_connectors" | "ambiguous_person" | "vanished_target" | "directory_replaced";
export type ConflictPerson = { label: string; target_id: string | null; keeps_access_through?: string[] };
export type Conflict = {
  id: string;
  kind: ConflictKind;
  subject: Subject;
  text: string;
  choices: string[];
  stays: ConflictPerson[];
  gains: ConflictPerson[];
  loses: ConflictPerson[];
  decision: string | null;
  facts: string;
};
export type PlanView = {
  plan_id: string;
  number: number;
  basis: string;
  created_at: string;
  state: string;
  source: SideView;
  target: SideView;
  counts: PlanCounts;
  facets: Facet[];
  people_in_step: number;
  requests: number;
  read_backs: number;
  seconds_expected: number | null;
  guards: GuardView[];
  conflicts: Conflict[];
  findings: Finding[];
  run_id: string | null;
};

export type SortDirection = "ascending" | "descending";
export type FacetChoice = { field: string; values: string[] };
export type WindowQuery = { search: string; filters: FacetChoice[]; sort: string | null; direction: SortDirection; offset: number; limit: number };
export type WindowOf<Row> = { rows: Row[]; total: number; unfiltered: number };

export type OperationKind =
  | "link_user"
  | "update_user"
  | "activate_user"
  | "create_user"
  | "release_group"
  | "take_over_group"
  | "create_group"
  | "rename_group"
  | "add_source_members"
  | "add_members"
  | "remove_members"
  | "deactivate_user"
  | "delete_user"
  | "delete_group";
export type HeldBy = "guard" | "conflict" | "user_limit" | "domain" | "acknowledgement" | "irreversible" | "quarantine";
export type Reversibility = "reversible" | "partly" | "irreversible";
export type Subject =
  | { type: "person"; source_id: string | null; target_id: string | null; label: string; name: string }
  | { type: "group"; source_id: string | null; target_id: string | null; label: string };
export type ReasonCode =
  | "joined_bound_group"
  | "left_last_bound_group"
  | "group_unbound"
  | "group_deleted"
  | "suspended"
  | "password_expired"
  | "staged"
  | "restored"
  | "deleted_in_jumpcloud"
  | "attributes_changed"
  | "first_member"
  | "membership_changed"
  | "group_renamed"
  | "found_by_external_id"
  | "found_by_user_name"
  | "found_by_email"
  | "domain_not_verified"
  | "over_user_limit"
  | "undo";
export type Reason = { code: ReasonCode; text: string; group?: string | null };
export type AttributeChange = { attribute: Attribute; before: string | null; after: string | null };
export type ChangeSummary =
  | { type: "new" }
  | { type: "active"; before: boolean; after: boolean; changes: AttributeChange[] }
  | { type: "attributes"; changes: AttributeChange[] }
  | { type: "members"; added: number; removed: number }
  | { type: "name"; before: string; after: string }
  | { type: "gone" }
  | { type: "link" };
export type OperationRow = {
  id: string;
  kind: OperationKind;
  subject: Subject;
  held_by: HeldBy | null;
  reversibility: Reversibility;
  reason: Reason;
  change: ChangeSummary;
};
export type WhyStep = { kind: string; title: string; detail: string | null; is_cut: boolean };
export type OperationDetail = {
  row: OperationRow;
  held_text: string | null;
  attributes: AttributeChange[];
  members_added: string[];
  members_removed: string[];
  why: WhyStep[];
  would_change: string[];
  undo_text: string;
};
/** What a person decides when approving. */
export type Approval = { override_reason: string | null; allow_irreversible: string[] };

export type RunStateView = "converged" | "partial" | "stopped" | "running" | "nothing_to_do";
export type RunPhase = "comparing" | "sending" | "reading_back" | "finished";
export type CountOf = { done: number; total: number };
export type RunProgress = {
  total: number;
  done: number;
  failed: number;
  retrying: number;
  in_flight: number;
  waiting: number;
  held: number;
  created: CountOf;
  updated: CountOf;
  deactivated: CountOf;
  deleted: CountOf;
  seconds_left: number | null;
  requests_per_second_tenths: number | null;
  waiting_until: string | null;
};
export type DifferenceView = { subject: string; attribute: string; expected: string | null; found: string | null };
export type MovedView = { operation: string; label: string; text: string };
export type RunView = {
  run_id: string;
  number: number;
  plan_id: string;
  plan_number: number;
  state: RunStateView;
  phase: RunPhase;
  started_at: string;
  ended_at: string | null;
  trigger: string;
  started_by: string;
  progress: RunProgress;
  override_reason: string | null;
  problem: string | null;
  differences: DifferenceView[];
  moved: MovedView[];
  requests_sent: number;
  requests_retried: number;
};
export type RunOperationState = "waiting" | "sending" | "verifying" | "retrying" | "done" | "failed" | "skipped";
export type RunOperationRow = {
  id: string;
  kind: OperationKind;
  subject: Subject;
  change: ChangeSummary;
  state: RunOperationState;
  status: number | null;
  error: string | null;
  remedy: string | null;
  attempts: number;
  duration_ms: number | null;
  next_retry_at: string | null;
};

export type PersonRow = {
  key: string;
  name: string;
  email: string | null;
  user_name: string | null;
  scope_groups: string[];
  scope_group_count: number;
  source_state: string;
  target_state: string;
  situation: string;
  sync_state: string;
};
export type PersonWindow = WindowOf<PersonRow> & { facets: Facet[] };
export type AttributePair = { attribute: Attribute; source_field: string | null; source: string | null; target: string | null; result: string };
export type PathGroup = { name: string; is_bound: boolean; relation: string; members: number | null; detail: string };
export type PersonPage = {
  row: PersonRow;
  will: string;
  why_title: string;
  why_text: string;
  causes: string[];
  path: PathGroup[];
  would_change: string[];
  active_in_target: boolean | null;
  active_after: boolean | null;
  held_text: string | null;
  attributes: AttributePair[];
  link_text: string;
  target_groups: string[];
  history: EventRow[];
  operations: OperationRow[];
  plan_id: string | null;
  plan_number: number | null;
  is_protected: boolean;
};
export type GroupRow = {
  id: string;
  name: string;
  source_members: number;
  target_members: number | null;
  state: string;
  other_connectors: string[];
  only_path_for: number;
};
export type EventRow = {
  sequence: number;
  time: string;
  event_type: string;
  outcome: string;
  label: string | null;
  subject_type: string | null;
  run: string | null;
  status: number | null;
  error: string | null;
  initiated_by: string;
};
export type EventDay = { date: string; success: number; failure: number };
export type ExpiringPassword = { key: string; name: string; expires_at: string };
export type ChecklistItem = { name: string; state: string; title: string; detail: string | null };
export type JobView = {
  connection_id: string;
  kind: string;
  step: string;
  done: number;
  total: number | null;
  run_id: string | null;
  seconds_left: number | null;
};
export type Overview = {
  connection: ConnectionView;
  plan: PlanView | null;
  last_run: RunView | null;
  job: JobView | null;
  read_at: string | null;
  in_step: number;
  directory_users: number;
  planned_new_users: number;
  user_limit: number;
  failed_operations: number;
  open_conflicts: number;
  expiring_passwords: ExpiringPassword[];
  event_days: EventDay[];
  checklist: ChecklistItem[];
};
export type SandboxView = { connection_id: string; scenario: string; faults: string[] };
export type Session = { version: string; connections: ConnectionView[]; sandbox: SandboxView | null; is_read_only: boolean };

export interface Commands {
  session(): Promise<Result<Session>>;
  startSandbox(scenario: string): Promise<Result<SandboxView>>;
  draftDefaults(): Promise<Result<ConnectionDraft>>;
  listApplications(endpoints: Endpoints, keys: KeysInput): Promise<Result<ApplicationChoice[]>>;
  testDraft(draft: ConnectionDraft, keys: KeysInput): Promise<Result<Check[]>>;
  testConnection(connectionId: string): Promise<Result<Check[]>>;
  addConnection(draft: ConnectionDraft, keys: KeysInput): Promise<Result<ConnectionView>>;
  setConnection(connectionId: string, draft: ConnectionDraft): Promise<Result<ConnectionView>>;
  setKey(connectionId: string, kind: KeyKind, value: string): Promise<Result<ConnectionView>>;
  overview(connectionId: string): Promise<Result<Overview>>;
  startRefresh(connectionId: string): Promise<Result<JobView>>;
  stopJob(connectionId: string): Promise<Result<null>>;
  latestPlan(connectionId: string): Promise<Result<PlanView | null>>;
  listOperations(planId: string, query: WindowQuery): Promise<Result<WindowOf<OperationRow>>>;
  operationDetail(planId: string, operationId: string): Promise<Result<OperationDetail>>;
  approvePlan(planId: string, basis: string, approval: Approval): Promise<Result<RunView>>;
  getRun(runId: string): Promise<Result<RunView>>;
  listRuns(connectionId: string, query: WindowQuery): Promise<Result<WindowOf<RunView>>>;
  listRunOperations(runId: string, query: WindowQuery): Promise<Result<WindowOf<RunOperationRow>>>;
  stopRun(runId: string): Promise<Result<null>>;
  listPeople(connectionId: string, query: WindowQuery): Promise<Result<PersonWindow>>;
  getPerson(connectionId: string, key: string): Promise<Result<PersonPage>>;
  listGroups(connectionId: string, query: WindowQuery): Promise<Result<WindowOf<GroupRow>>>;
  listEvents(connectionId: string, query: WindowQuery): Promise<Result<WindowOf<EventRow>>>;
}

/** What the engine tells while it works. State is always readable by a command too: a message missed is no state lost. */
export interface EventMap {
  cacheInvalidated: { tags: CacheTag[] };
  job: { connection_id: string; job: JobView | null };
  jobFailed: { connection_id: string; error: CommandError };
  runProgress: { run_id: string; progress: RunProgress };
  runEnded: { run_id: string };
}
export type Unlisten = () => void;

export interface Platform {
  readonly name: "tauri" | "fake";
  readonly commands: Commands;
  listen<Name extends keyof EventMap>(name: Name, listener: (payload: EventMap[Name]) => void): Unlisten;
}
