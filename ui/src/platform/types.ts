/**
 * What the window may ask of the engine, and what it is told: the generated types, and the little that they cannot say.
 *
 * Names are snake_case as in Rust, ids and times are text, `null` stands for absent.
 */
import type * as generated from "../bindings.gen";
import type { WholeConflicts } from "./groups";

export type * from "./groups";

export type {
  ApplicationChoice,
  ApprovalInput as Approval,
  Attribute,
  AttributeChange,
  AttributePair,
  CacheTag,
  ChangeSummary,
  Check,
  ChecklistItem,
  CommandError,
  ConnectionState,
  CountOf,
  DifferenceView,
  Endpoints,
  ErrorCode,
  EventDay,
  EventRow,
  EventWindow,
  ExpiringPassword,
  Facet,
  FacetChoice,
  Finding,
  Guards,
  GuardView,
  HeldBy,
  JobView,
  KeyKind,
  KeysInput,
  KeyStatus,
  MovedView,
  OperationDetail,
  OperationKind,
  OperationRow,
  OperationWindow,
  PathGroup,
  PersonPage,
  PersonRow,
  PersonWindow,
  PlanCounts,
  PlanView,
  Reason,
  ReasonCode,
  Reversibility,
  RunOperationRow,
  RunOperationState,
  RunOperationWindow,
  RunPhase,
  RunProgress,
  RunState,
  RunView,
  RunWindow,
  SandboxStory,
  SandboxView,
  Severity,
  SideView,
  SortDirection,
  Subject,
  WhyStep,
} from "../bindings.gen";

// The generator marks as optional what may be left out on the way in. On the way out everything is there, and we always send everything.
export type WindowQuery = Required<generated.WindowQuery>;
export type Policy = Required<generated.Policy>;
export type ConnectionDraft = Omit<generated.ConnectionDraft, "policy"> & { policy: Policy };
export type ConnectionView = Omit<generated.ConnectionView, "draft"> & { draft: ConnectionDraft };
export type Session = Omit<generated.Session, "connections"> & { connections: ConnectionView[] };
export type Overview = Omit<generated.Overview, "connection"> & { connection: ConnectionView };

/** A window of a list, whatever its rows. */
export type WindowOf<Row> = { rows: Row[]; total: number; unfiltered: number };
export type Result<T> = { status: "ok"; data: T } | { status: "error"; error: generated.CommandError };

type Generated = typeof generated.commands;
/** The commands whose answers hold a connection, which is whole here. */
type Whole = {
  session(): Promise<Result<Session>>;
  draftDefaults(): Promise<ConnectionDraft>;
  overview(connectionId: string): Promise<Result<Overview>>;
  addConnection(draft: ConnectionDraft, keys: generated.KeysInput): Promise<Result<ConnectionView>>;
  setConnection(connectionId: string, draft: ConnectionDraft): Promise<Result<ConnectionView>>;
  setKey(connectionId: string, kind: generated.KeyKind, value: string): Promise<Result<ConnectionView>>;
};
/** What screens use; what no screen asks for is left out, so that the invented platform need not know it. */
export type Commands = Whole &
  WholeConflicts &
  Pick<
    Generated,
    | "approvePlan"
    | "getPerson"
    | "getRun"
    | "bindGroup"
    | "bindPreview"
    | "bindableGroups"
    | "decide"
    | "listConflicts"
    | "listGroups"
    | "unbindGroup"
    | "withdrawDecisions"
    | "latestPlan"
    | "listApplications"
    | "listEvents"
    | "listOperations"
    | "listPeople"
    | "listRunOperations"
    | "listRuns"
    | "operationDetail"
    | "sandboxStories"
    | "setSandboxFaults"
    | "startRefresh"
    | "startSandbox"
    | "stopJob"
    | "stopRun"
    | "tellSandboxStory"
    | "testConnection"
    | "testDraft"
  >;

/** What the engine tells while it works. State is always readable by a command too: a message missed is no state lost. */
export type EventMap = {
  cacheInvalidated: generated.CacheInvalidated;
  jobChanged: generated.JobChanged;
  jobFailed: generated.JobFailed;
  runProgressed: generated.RunProgressed;
  runEnded: generated.RunEnded;
};
export type Unlisten = () => void;

export interface Platform {
  readonly name: "tauri" | "fake";
  readonly commands: Commands;
  /** Opens a page of one of the two consoles in the person's browser; rejects where that cannot be done. */
  openLink(url: string): Promise<void>;
  listen<Name extends keyof EventMap>(name: Name, listener: (payload: EventMap[Name]) => void): Unlisten;
}
