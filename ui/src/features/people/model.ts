import type { PathGroup, PersonRow } from "../../platform";
import type { Meaning } from "../../components/icons";
import type { Tone } from "../../components/Status";

type Entry = { readonly word: string; readonly icon: Meaning; readonly tone: Tone; readonly isTinted?: boolean };

const sourceStates: Record<string, Entry> = {
  active: { word: "Active", icon: "success", tone: "ok" },
  suspended: { word: "Suspended", icon: "deactivate", tone: "bad" },
  password_expired: { word: "Password expired", icon: "deactivate", tone: "bad" },
  staged: { word: "Staged", icon: "waiting", tone: "neutral" },
  deleted: { word: "Deleted", icon: "delete", tone: "bad" },
  absent: { word: "Not there", icon: "waiting", tone: "neutral" },
};
const targetStates: Record<string, Entry> = {
  active: { word: "Active", icon: "success", tone: "ok" },
  deactivated: { word: "Deactivated", icon: "deactivate", tone: "neutral" },
  absent: { word: "No account", icon: "waiting", tone: "neutral" },
};
const syncStates: Record<string, Entry> = {
  in_sync: { word: "In sync", icon: "success", tone: "ok" },
  out_of_sync: { word: "Out of sync", icon: "warning", tone: "warn", isTinted: true },
  not_managed: { word: "Not managed", icon: "waiting", tone: "neutral" },
};
const situations: Record<string, string> = {
  confirmed: "Linked",
  found: "Found, not linked",
  absent: "No account yet",
  ambiguous: "Several fit",
  missing: "Account vanished",
  source_missing: "Deleted in JumpCloud",
  unqualified: "Out of scope",
  unassigned: "Only in Atlassian",
  out_of_scope: "In no bound group",
};

/** A state that this version does not know is shown as it came, rather than hidden. */
const unknown = (value: string): Entry => ({ word: value.replaceAll("_", " "), icon: "waiting", tone: "neutral" });

export const sourceState = (value: string): Entry => sourceStates[value] ?? unknown(value);
export const targetState = (value: string): Entry => targetStates[value] ?? unknown(value);
export const syncState = (value: string): Entry => syncStates[value] ?? unknown(value);
export const situationWord = (value: string): string => situations[value] ?? unknown(value).word;
/** These wait for somebody; the others go by themselves. */
export const isWaiting = (situation: string): boolean => situation === "ambiguous" || situation === "missing";

/** "eng-platform, design and 3 more". */
export function scopeLine(groups: readonly string[], count: number): string {
  if (count === 0) return "";
  const more = count - groups.length;
  return more > 0 ? `${groups.join(", ")} and ${more} more` : groups.join(", ");
}

/** How an edge from a person through a group to the account is drawn. */
export type PathEdge = "leads" | "cut" | "dead-end";
export type PathNode = { readonly group: PathGroup; readonly edge: PathEdge; readonly y: number };
export type PathLayout = { readonly nodes: readonly PathNode[]; readonly height: number; readonly centre: number; readonly hidden: number };

const NODE_HEIGHT = 48;
const NODE_GAP = 8;

function edgeOf(group: PathGroup): PathEdge {
  if (group.relation !== "member") return "cut";
  return group.is_bound ? "leads" : "dead-end";
}

const order: Record<PathEdge, number> = { cut: 0, leads: 1, "dead-end": 2 };

/** Places the groups: what was lost first, then what leads to the account, dead ends last; `y` is a node's middle. */
export function layoutPath(groups: readonly PathGroup[], most: number): PathLayout {
  const sorted = groups.map((group) => ({ group, edge: edgeOf(group) })).sort((a, b) => order[a.edge] - order[b.edge]);
  const shown = sorted.slice(0, most);
  const rows = Math.max(1, shown.length);
  const height = rows * NODE_HEIGHT + (rows - 1) * NODE_GAP;
  return {
    nodes: shown.map((node, index) => ({ ...node, y: index * (NODE_HEIGHT + NODE_GAP) + NODE_HEIGHT / 2 })),
    height,
    centre: height / 2,
    hidden: sorted.length - shown.length,
  };
}

export type Counterfactual = { readonly head: string; readonly conditions: readonly string[] };

/**
 * Turns "Ada would stay active if she were bound again." into one head and its conditions, so that they can be compared at a glance.
 *
 * A sentence of another shape is shown whole.
 */
export function counterfactuals(name: string, sentences: readonly string[]): Counterfactual[] {
  const groups = new Map<string, string[]>();
  for (const sentence of sentences) {
    const found = sentence.startsWith(`${name} would `) ? /^(.+?) if (.+?)\.?$/.exec(sentence.slice(name.length + " would ".length)) : null;
    const head = found ? `Would ${found[1]} if` : "What would change it";
    groups.set(head, [...(groups.get(head) ?? []), found?.[2] ?? sentence]);
  }
  return [...groups].map(([head, conditions]) => ({ head, conditions }));
}

export const copiedHead: readonly string[] = ["Name", "E-mail", "User name", "In scope through", "JumpCloud", "Atlassian", "Situation", "Sync"];

/** A person as a row to paste; groups beyond the three that a row knows are counted. */
export function copiedCells(row: PersonRow): string[] {
  return [row.name, row.email ?? "", row.user_name ?? "", scopeLine(row.scope_groups, row.scope_group_count), sourceState(row.source_state).word, targetState(row.target_state).word, situationWord(row.situation), syncState(row.sync_state).word];
}
