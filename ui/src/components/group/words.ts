import type { AppAccess, ConflictKind, GroupState } from "../../platform";
import type { Meaning } from "../icons";
import type { Tone } from "../Status";

/** Atlassian's own names for what its interfaces call resource owners. */
const apps: Record<string, string> = {
  "jira-software": "Jira",
  "jira-core": "Jira",
  jira: "Jira",
  "jira-servicedesk": "Jira Service Management",
  "jira-service-management": "Jira Service Management",
  "jira-product-discovery": "Jira Product Discovery",
  confluence: "Confluence",
  bitbucket: "Bitbucket",
  opsgenie: "Opsgenie",
  compass: "Compass",
  statuspage: "Statuspage",
  trello: "Trello",
  loom: "Loom",
};

/** "jira-software" is Jira; what this version does not know is shown in the same shape. */
export function appWord(app: string): string {
  const known = apps[app.toLowerCase()];
  if (known) return known;
  const plain = app.replace(/[-_]+/g, " ").trim();
  return plain === "" ? app : plain[0]?.toUpperCase() + plain.slice(1);
}

const withSite = /([a-z][a-z-]*[a-z]) \(([^()]+)\)/g;

/** The engine names an app with its site, "jira-software (halden)", in lists and in sentences: here as people know them, "Jira on halden". */
export function withAppNames(text: string): string {
  return text.replace(withSite, (whole, app: string, site: string) => (apps[app] ? `${apps[app]} on ${site}` : whole));
}

/** The app alone, where the site is said elsewhere. */
export const appAlone = (text: string): string => appWord(text.replace(/ \([^()]+\)$/, ""));

const unique = (values: readonly string[]): string[] => [...new Set(values)];

export const appsOf = (access: readonly AppAccess[]): string[] => unique(access.map((each) => appWord(each.app)));
export const sitesOf = (access: readonly AppAccess[]): string[] => unique(access.flatMap((each) => (each.site === null ? [] : [each.site])));

/** "Jira, Confluence on fennmark". */
export function accessLine(access: readonly AppAccess[]): string {
  const sites = sitesOf(access);
  return `${appsOf(access).join(", ")}${sites.length > 0 ? ` on ${sites.join(", ")}` : ""}`;
}

/** "Jira", "Jira and Confluence", "Jira, Confluence and Opsgenie". */
export function listWords(words: readonly string[]): string {
  if (words.length < 2) return words[0] ?? "";
  return `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

/** "eng-platform, design and 3 more". */
export function someOf(words: readonly string[], most: number): string {
  if (words.length <= most) return listWords(words);
  return `${words.slice(0, most).join(", ")} and ${words.length - most} more`;
}

/** Roles by Atlassian's names; `atlassian/user` is what everybody has who may use an app. */
const roles: Record<string, string> = {
  user: "User",
  admin: "App administrator",
  guest: "Guest, no seat",
  customer: "Customer",
  contributor: "Contributor",
  basic: "Basic",
  stakeholder: "Stakeholder",
  "user-access-admin": "User access administrator",
  "org-admin": "Organisation administrator",
  "site-admin": "Site administrator",
  "ai-access": "AI access",
};
export function roleWord(role: string): string {
  const name = role.split("/").pop() ?? role;
  return roles[name] ?? name;
}

type StateEntry = { readonly word: string; readonly text: string; readonly icon: Meaning; readonly tone: Tone; readonly isTinted: boolean };

export const groupStates = {
  new: { word: "New", text: "Created in Atlassian by the next plan", icon: "create", tone: "ok", isTinted: false },
  same_name_exists: { word: "Same name exists", text: "A group of this name is in Atlassian and is not Lockstep’s: decide what happens", icon: "warning", tone: "warn", isTinted: true },
  managed: { word: "Managed", text: "Kept in step with JumpCloud", icon: "success", tone: "ok", isTinted: false },
  waiting_for_atlassian: { word: "Waiting for Atlassian", text: "Must be accepted in Atlassian’s own console", icon: "retry", tone: "warn", isTinted: true },
  default_group: { word: "Default group", text: "Atlassian gives it to everybody by default, so it cannot be synced", icon: "locked", tone: "warn", isTinted: true },
  empty: { word: "Empty", text: "Without members it is not created in Atlassian", icon: "waiting", tone: "neutral", isTinted: false },
  released: { word: "Released", text: "Lockstep forgot the link; the group in Atlassian stays as it is", icon: "waiting", tone: "neutral", isTinted: false },
  unbound: { word: "Unbound", text: "No longer synced; the group in Atlassian stays as it is", icon: "waiting", tone: "neutral", isTinted: false },
  deleted: { word: "Deleted in JumpCloud", text: "The plan offers to delete it in Atlassian", icon: "delete", tone: "bad", isTinted: true },
  vanished: { word: "Vanished", text: "It was deleted in Atlassian", icon: "failed", tone: "bad", isTinted: true },
  left_alone: { word: "Left alone", text: "Decided: not synced; its people stay in scope", icon: "waiting", tone: "neutral", isTinted: false },
} as const satisfies Record<GroupState, StateEntry>;

/** A state that this version does not know is shown as it came, rather than hidden. */
export function groupState(state: string): StateEntry {
  return (groupStates as Record<string, StateEntry | undefined>)[state] ?? { word: state.replaceAll("_", " "), text: "", icon: "waiting", tone: "neutral", isTinted: false };
}

export const conflictKinds = {
  group_takeover: { word: "Same name", line: "Same name in Atlassian" },
  group_rename: { word: "Rename", line: "Renamed in JumpCloud" },
  group_on_two_connectors: { word: "Two connectors", line: "Bound to two applications" },
  ambiguous_person: { word: "Which account", line: "Several accounts fit" },
  vanished_target: { word: "Vanished", line: "Deleted in Atlassian" },
  directory_replaced: { word: "Other directory", line: "Another SCIM directory answers" },
} as const satisfies Record<ConflictKind, { word: string; line: string }>;
