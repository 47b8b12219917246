import type { FacetGroup } from "../../components/data-table/Facets";
import { appAlone, conflictKinds, listWords } from "../../components/group/words";
import type { Meaning } from "../../components/icons";
import type { ReviewSearch } from "../../components/listSearch";
import type { Tone } from "../../components/Status";
import { plural } from "../../lib/plural";
import type { ConflictKind, ConflictRow, ConflictStatus, ConflictView, Facet } from "../../platform";
import { texts } from "./texts";

/** What a choice is, without the name that a renaming carries. */
export type ChoiceName = string;
export const RENAME = "rename";
export const choiceName = (choice: string): ChoiceName => (choice.startsWith("rename:") ? RENAME : choice);
export const renamedTo = (choice: string): string | null => (choice.startsWith("rename:") ? choice.slice("rename:".length) : null);

const people = (count: number) => plural(count, "person", "people");

type ChoiceEntry = { readonly word: string; readonly icon: Meaning; readonly tone: Tone };
const choices: Record<string, ChoiceEntry> = {
  "take-over": { word: "Take over", icon: "success", tone: "ok" },
  "keep-others": { word: "Keep the others", icon: "create", tone: "accent" },
  rename: { word: "Sync under another name", icon: "update", tone: "neutral" },
  "leave-alone": { word: "Leave alone", icon: "waiting", tone: "neutral" },
  later: { word: "Decide later", icon: "retry", tone: "neutral" },
  "keep-old-name": { word: "Keep the old name", icon: "waiting", tone: "neutral" },
  "create-new": { word: "Create a new group", icon: "create", tone: "accent" },
  "rename-in-atlassian": { word: "Rename in Atlassian by hand", icon: "update", tone: "neutral" },
  recreate: { word: "Create it again", icon: "create", tone: "accent" },
  acknowledge: { word: "Acknowledge", icon: "success", tone: "ok" },
};

/** The words of an answer; for a person with several accounts an answer is an account. */
export function choiceEntry(choice: string): ChoiceEntry {
  const name = renamedTo(choice);
  if (name !== null && name !== "NEW") return { word: `As “${name}”`, icon: "update", tone: "neutral" };
  return choices[choiceName(choice)] ?? { word: "Account chosen", icon: "success", tone: "ok" };
}

/** Whether an answer is an account in Atlassian, by its SCIM id. */
export function isAccount(choice: string): boolean {
  return !(choiceName(choice) in choices);
}

/** Who loses app access, in words: "4 people lose Confluence". */
export function lossLine({ conflict: { loses }, loses_total }: ConflictView): string {
  const isCut = loses.length < loses_total;
  const losing = loses.filter((each) => each.loses_access_to.length > 0);
  if (losing.length === 0) return "nobody loses app access";
  const apps = [...new Set(losing.flatMap((each) => each.loses_access_to.map(appAlone)))];
  return `${isCut ? "at least " : ""}${people(losing.length)} ${losing.length === 1 ? "loses" : "lose"} ${listWords(apps)}`;
}

/** What an answer means for this question, in a line. */
export function choiceText(choice: string, view: ConflictView): string {
  const { conflict } = view;
  const { loses, kind } = conflict;
  switch (choiceName(choice)) {
    case "take-over": {
      if (!view.organisation_known && view.loses_total + view.stays_total === 0) return "JumpCloud’s members win; who loses membership cannot be seen";
      const members = view.stays_total + view.gains_total;
      return `JumpCloud’s ${plural(members, "member wins", "members win")}; ${view.organisation_known ? lossLine(view) : `${plural(view.loses_total, "person loses", "people lose")} membership`}`;
    }
    case "keep-others": {
      const missing = loses.filter((each) => !each.in_jumpcloud).length;
      if (view.loses_total === 0) return "There is nobody to keep: nobody would lose membership";
      return `First adds ${people(view.loses_total)} to the JumpCloud group; nobody loses${missing > 0 ? `. ${people(missing)} ${missing === 1 ? "has" : "have"} no JumpCloud account: import them first` : ""}`;
    }
    case RENAME:
      return "Creates a group under a name of yours; leaves this one as it is";
    case "leave-alone":
      if (kind === "ambiguous_person") return "No account is linked; the person is not provisioned";
      if (kind === "group_on_two_connectors") return "Not synced through this connector; the binding stays";
      if (kind === "group_rename") return "Neither renamed nor synced any more; its people stay in scope";
      if (kind === "vanished_target") return conflict.subject.type === "person" ? "No account is made again" : "Stays gone; its people stay in scope";
      return "Not synced; its people stay in scope";
    case "later":
      return "Stays held, and is asked again";
    case "keep-old-name":
      return "Atlassian keeps the old name; members stay in step";
    case "create-new":
      return "New group with the members; begins without permissions. The old one is left as it is";
    case "rename-in-atlassian":
      return "You rename it in Atlassian; Lockstep waits until it shows the new name";
    case "recreate":
      return conflict.subject.type === "person" ? "A new account, with a new id" : "A new group with its members, and none of the permissions it had";
    case "acknowledge":
      if (kind === "directory_replaced") return "Links are forgotten, and everybody is looked for anew";
      return kind === "group_on_two_connectors" ? "The consequence is understood; the group is synced" : "Accept, and go on with what is there now";
    default:
      return "Is linked to the person, and kept in step";
  }
}

/** Why a new name cannot be used; null when it can, as far as this side knows. The engine looks again. */
export function nameProblem(name: string, current: string): string | null {
  const trimmed = name.trim().normalize("NFC");
  if (trimmed === "") return "Give the group a name.";
  if (trimmed.toLowerCase() === current.trim().normalize("NFC").toLowerCase()) return `${trimmed} is the name that clashes. Choose another one.`;
  return null;
}

export const statusWords: Record<ConflictStatus, string> = { open: "Not decided", later: "Decide later", decided: "Decided", waiting: "Waiting for Atlassian", facts_changed: "Facts changed", blocked: "Blocked" };

/** Whether a decision is still to be made. */
export const isOpen = (status: ConflictStatus): boolean => status !== "decided" && status !== "waiting";

/** Which filters a count above the table stands for. */
export type ReviewChip = "open" | "losing" | "blocked" | "waiting" | "facts_changed";
export const chipSearches: Record<ReviewChip, Partial<ReviewSearch>> = {
  open: { status: ["open", "facts_changed", "later"] },
  losing: { losing: ["yes"] },
  blocked: { status: ["blocked"] },
  waiting: { status: ["waiting"] },
  facts_changed: { status: ["facts_changed"] },
};
const none: Partial<ReviewSearch> = { status: undefined, losing: undefined, kind: undefined, choice: undefined };

export type ChipView = { readonly chip: ReviewChip; readonly label: string; readonly count: number; readonly isActive: boolean };
const sameSet = (a: readonly string[] = [], b: readonly string[] = []) => a.length === b.length && a.every((each) => b.includes(each));

export function chips(facets: readonly Facet[], search: ReviewSearch): ChipView[] {
  const count = (field: string, values: readonly string[]) => facets.filter((facet) => facet.field === field && values.includes(facet.value)).reduce((sum, facet) => sum + facet.count, 0);
  const entries: readonly (readonly [ReviewChip, string])[] = [
    ["open", texts.chipOpen],
    ["losing", texts.chipLosing],
    ["facts_changed", texts.chipChanged],
    ["waiting", texts.chipWaiting],
    ["blocked", texts.chipBlocked],
  ];
  return entries
    .map(([chip, label]) => {
      const wanted = chipSearches[chip];
      return { chip, label, count: wanted.losing ? count("losing", wanted.losing) : count("status", wanted.status ?? []), isActive: sameSet(search.status, wanted.status) && sameSet(search.losing, wanted.losing) };
    })
    .filter((each) => each.count > 0 || each.isActive);
}

/** The filter that a chip stands for; pressed again, it is taken away. */
export const chipSearch = (chip: ReviewChip, isActive: boolean): Partial<ReviewSearch> => ({ ...none, ...(isActive ? {} : chipSearches[chip]) });
export const noFilter: Partial<ReviewSearch> = { ...none, q: undefined };

export function facetGroups(facets: readonly Facet[], search: ReviewSearch): FacetGroup[] {
  const group = (field: "kind" | "status" | "choice", title: string, word: (value: string) => string): FacetGroup => ({
    field,
    title,
    chosen: search[field] ?? [],
    options: facets.filter((facet) => facet.field === field && facet.count > 0).map(({ value, count }) => ({ value, count, label: word(value) })).sort((a, b) => b.count - a.count),
  });
  return [
    group("kind", texts.facetKind, (value) => conflictKinds[value as ConflictKind]?.line ?? value),
    group("status", texts.facetStatus, (value) => statusWords[value as ConflictStatus] ?? value),
    group("choice", texts.facetChoice, (value) => (value === "none" ? "None" : choiceEntry(value).word)),
  ].filter((each) => each.options.length > 0);
}

/** What a decision for many amounts to: whom it can be taken for, and what that means. */
export type BulkPlan = { readonly choice: ChoiceName; readonly fitting: readonly ConflictRow[]; readonly others: readonly ConflictRow[]; readonly losingAccess: number; readonly unseen: number; readonly losing: number };

export function bulkPlan(choice: ChoiceName, rows: readonly ConflictRow[]): BulkPlan {
  const fitting = rows.filter((row) => row.choices.includes(choice));
  return {
    choice,
    fitting,
    others: rows.filter((row) => !row.choices.includes(choice)),
    losingAccess: fitting.reduce((sum, row) => sum + (row.loses_access ?? 0), 0),
    unseen: fitting.filter((row) => row.kind === "group_takeover" && row.loses_access === null).length,
    losing: fitting.reduce((sum, row) => sum + row.loses, 0),
  };
}

/** The answers that can be given to many at once; a new name is each group's own. */
export const bulkChoices: readonly ChoiceName[] = ["later", "leave-alone", "take-over", "keep-others"];

/** Consequence first, number second. */
export function bulkConsequence({ choice, losingAccess, losing, unseen, fitting }: BulkPlan): string {
  const count = plural(fitting.length, "group");
  switch (choice) {
    case "take-over":
      return `${losingAccess === 0 ? "Nobody whom Lockstep can see loses app access" : `${people(losingAccess)} ${losingAccess === 1 ? "loses" : "lose"} app access`}, and ${people(losing)} ${losing === 1 ? "loses" : "lose"} membership, in ${count}.${unseen > 0 ? ` In ${plural(unseen, "group")} this cannot be seen without an organisation key.` : ""}`;
    case "keep-others":
      return `${losing === 0 ? "Nobody has to be added" : `${people(losing)} ${losing === 1 ? "is" : "are"} first added to the JumpCloud groups, as a step of its own`}, and nobody loses membership, in ${count}. Where somebody has no JumpCloud account, the group stays held until they are imported.`;
    case "leave-alone":
      return `These groups are not synced, and the ones in Atlassian stay as they are: ${count}. Their people stay in scope.`;
    default:
      return `Everything about these groups stays held: ${count}.`;
  }
}

export const bulkVerb: Record<string, string> = { "take-over": "Take over", "keep-others": "Keep the others in", "leave-alone": "Leave alone", later: "Decide later about" };
