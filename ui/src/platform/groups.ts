/** Groups, conflicts and decisions: what the generator marks as optional on the way in is always there on the way out. */
import type * as generated from "../bindings.gen";

export type {
  AffectedPerson,
  AppAccess,
  BindableGroup,
  BindPreview,
  BlastRadiusView as BlastRadius,
  ConflictKind,
  ConflictRow,
  ConflictStatus,
  ConflictWindow,
  DecideAnswer,
  DecisionInput,
  FormerDecision,
  GroupRow,
  GroupState,
  GroupWhy,
  GroupWindow,
  RefusedDecision,
} from "../bindings.gen";

export type ConflictPerson = Required<generated.ConflictPerson>;
export type Conflict = Omit<Required<generated.Conflict>, "stays" | "gains" | "loses"> & { stays: ConflictPerson[]; gains: ConflictPerson[]; loses: ConflictPerson[] };
export type ConflictView = Omit<generated.ConflictView, "conflict"> & { conflict: Conflict };
export type GroupPage = Omit<generated.GroupPage, "conflict"> & { conflict: ConflictView | null };

type Answer<T> = Promise<{ status: "ok"; data: T } | { status: "error"; error: generated.CommandError }>;
/** The commands whose answers hold a conflict, which is whole here. */
export type WholeConflicts = {
  getConflict(connectionId: string, conflict: string): Answer<ConflictView>;
  getGroup(connectionId: string, key: string): Answer<GroupPage>;
};
