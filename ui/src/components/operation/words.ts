import { assertNever } from "../../lib/assertNever";
import { plural } from "../../lib/plural";
import type { Attribute, HeldBy, OperationKind, Reason, ReasonCode, Reversibility, Subject } from "../../platform";
import type { Meaning } from "../icons";
import type { Tone } from "../Status";

/** The four groups that counts speak of. */
export type KindGroup = "create" | "update" | "deactivate" | "delete";

type KindEntry = { readonly word: string; readonly group: KindGroup; readonly icon: Meaning; readonly tone: Tone };

export const kinds = {
  create_user: { word: "Create", group: "create", icon: "create", tone: "ok" },
  create_group: { word: "Create", group: "create", icon: "create", tone: "ok" },
  link_user: { word: "Link", group: "update", icon: "update", tone: "neutral" },
  update_user: { word: "Update", group: "update", icon: "update", tone: "neutral" },
  activate_user: { word: "Activate", group: "update", icon: "success", tone: "ok" },
  rename_group: { word: "Rename", group: "update", icon: "update", tone: "neutral" },
  take_over_group: { word: "Take over", group: "update", icon: "update", tone: "warn" },
  release_group: { word: "Release", group: "update", icon: "update", tone: "neutral" },
  add_members: { word: "Update", group: "update", icon: "update", tone: "neutral" },
  remove_members: { word: "Update", group: "update", icon: "update", tone: "neutral" },
  add_source_members: { word: "Update", group: "update", icon: "update", tone: "neutral" },
  deactivate_user: { word: "Deactivate", group: "deactivate", icon: "deactivate", tone: "bad" },
  delete_user: { word: "Delete", group: "delete", icon: "delete", tone: "bad" },
  delete_group: { word: "Delete", group: "delete", icon: "delete", tone: "bad" },
} as const satisfies Record<OperationKind, KindEntry>;

export const kindsOfGroup = (group: KindGroup): OperationKind[] => (Object.keys(kinds) as OperationKind[]).filter((kind) => kinds[kind].group === group);

/** In a list of kinds that stand beside each other, people and groups must be told apart. */
export function kindLabel(kind: OperationKind): string {
  if (kind === "add_members") return "Add members";
  if (kind === "remove_members") return "Remove members";
  if (kind === "add_source_members") return "Add in JumpCloud";
  if (kind === "create_group" || kind === "delete_group" || kind === "rename_group" || kind === "release_group" || kind === "take_over_group") return `${kinds[kind].word} group`;
  return kinds[kind].word;
}

export const heldWords = {
  guard: "Held",
  conflict: "Conflict",
  user_limit: "Over the limit",
  domain: "Domain",
  acknowledgement: "Asks first",
  irreversible: "Separate",
  quarantine: "Resting",
} as const satisfies Record<HeldBy, string>;

/** The same, under the heading "Held by". */
export const heldFacets = {
  guard: "Guard",
  conflict: "Conflict",
  user_limit: "User limit",
  domain: "Domain",
  acknowledgement: "Acknowledgement",
  irreversible: "Cannot be undone",
  quarantine: "Repeated failure",
} as const satisfies Record<HeldBy, string>;

export const heldLong = {
  guard: "Held by a guard",
  conflict: "Held by a conflict",
  user_limit: "Held: over the user limit",
  domain: "Held: domain not verified",
  acknowledgement: "Held: must be acknowledged",
  irreversible: "Separate: cannot be undone",
  quarantine: "Held: failed repeatedly",
} as const satisfies Record<HeldBy, string>;

const causeWords = {
  joined_bound_group: "Joined a group",
  left_last_bound_group: "Left a group",
  group_unbound: "Group unbound",
  group_deleted: "Group deleted",
  suspended: "Suspended",
  password_expired: "Password expired",
  staged: "Staged",
  restored: "Restored",
  deleted_in_jumpcloud: "Deleted",
  attributes_changed: "Changed",
  first_member: "First member",
  membership_changed: "Membership changed",
  group_renamed: "Renamed",
  found_by_external_id: "Found by external id",
  found_by_user_name: "Found by user name",
  found_by_email: "Found by e-mail",
  domain_not_verified: "Domain not verified",
  over_user_limit: "Over the user limit",
  undo: "Undo",
} as const satisfies Record<ReasonCode, string>;

/** The cause as a facet names it. */
export const causeWord = (code: ReasonCode): string => causeWords[code];

/** The cause in one line, with the group where one explains it. */
export function causeLine({ code, group }: Reason): string {
  switch (code) {
    case "joined_bound_group":
      return group ? `Joined ${group}` : causeWords[code];
    case "left_last_bound_group":
      return group ? `Left ${group}` : causeWords[code];
    case "group_unbound":
      return group ? `${group} unbound` : causeWords[code];
    case "group_deleted":
      return group ? `${group} deleted` : causeWords[code];
    default:
      return causeWords[code];
  }
}

/** Where the cause comes from: the second line. */
export function causeSource({ code }: Reason): string {
  switch (code) {
    case "found_by_external_id":
    case "found_by_user_name":
    case "found_by_email":
      return "Account in Atlassian";
    case "domain_not_verified":
    case "over_user_limit":
      return "By policy";
    case "undo":
      return "Of an earlier run";
    default:
      return "In JumpCloud";
  }
}

export const attributeWords = {
  externalId: "External id",
  userName: "User name",
  email: "E-mail",
  "name.givenName": "First name",
  "name.middleName": "Middle name",
  "name.familyName": "Last name",
  displayName: "Display name",
  nickName: "Public name",
  title: "Job title",
  department: "Department",
  organization: "Company",
  preferredLanguage: "Language",
  timezone: "Time zone",
  phoneNumber: "Work phone",
} as const satisfies Record<Attribute, string>;

/** The name of an attribute that may come from outside: `members` and names unknown here are shown as they are. */
export function attributeWord(name: string): string {
  if (name === "members") return "Members";
  if (name === "active") return "Account";
  return (attributeWords as Record<string, string | undefined>)[name] ?? name;
}

export function reversibilityWord(value: Reversibility): string {
  switch (value) {
    case "reversible":
      return "Yes";
    case "partly":
      return "Partly";
    case "irreversible":
      return "No";
    default:
      return assertNever(value);
  }
}

export const nameOf = (subject: Subject): string => (subject.type === "person" ? subject.name : subject.label);

export function membersWord(added: number, removed: number): string {
  const parts = [added > 0 ? `+${added}` : "", removed > 0 ? `−${removed}` : ""].filter(Boolean).join(" ");
  return `${parts} ${added + removed === 1 ? "member" : "members"}`;
}

export const moreWord = (count: number): string => `and ${plural(count, "more", "more")}`;
