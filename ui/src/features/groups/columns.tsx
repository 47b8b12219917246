import { IconUsersGroup } from "@tabler/icons-react";
import type { Column } from "../../components/data-table/types";
import type { Meaning } from "../../components/icons";
import { Badge, StatusWord, type Tone } from "../../components/Status";
import { formatCount } from "../../lib/format";
import { plural } from "../../lib/plural";
import type { GroupRow } from "../../platform";

const states: Record<string, { word: string; icon: Meaning; tone: Tone; isTinted: boolean }> = {
  new: { word: "New", icon: "create", tone: "ok", isTinted: false },
  managed: { word: "Managed", icon: "success", tone: "ok", isTinted: false },
  same_name: { word: "Same name exists", icon: "warning", tone: "warn", isTinted: true },
  default_access: { word: "Default group", icon: "warning", tone: "warn", isTinted: true },
  released: { word: "Released", icon: "waiting", tone: "neutral", isTinted: false },
  empty: { word: "Empty", icon: "waiting", tone: "neutral", isTinted: false },
};

export function stateWord(state: string): string {
  return states[state]?.word ?? state.replaceAll("_", " ");
}

function StateOf({ state }: { state: string }) {
  const entry = states[state];
  if (!entry) return <span className="t2">{stateWord(state)}</span>;
  return entry.isTinted ? <Badge icon={entry.icon} tone={entry.tone}>{entry.word}</Badge> : <StatusWord icon={entry.icon} tone={entry.tone} muted={entry.tone === "neutral"}>{entry.word}</StatusWord>;
}

export const groupColumns: readonly Column<GroupRow>[] = [
  {
    id: "name",
    header: "Group",
    sortBy: "name",
    cell: (row) => (
      <span className="row">
        <IconUsersGroup className="i c-3" size={16} stroke={1.75} aria-hidden />
        <span className="pname cut">{row.name}</span>
      </span>
    ),
  },
  { id: "source", header: "Members in JumpCloud", sortBy: "members", align: "end", width: "156px", cell: (row) => formatCount(row.source_members) },
  { id: "target", header: "Members in Atlassian", align: "end", width: "156px", cell: (row) => (row.target_members === null ? <span className="t3">none yet</span> : formatCount(row.target_members)) },
  { id: "state", header: "In Atlassian", sortBy: "state", width: "164px", cell: (row) => <StateOf state={row.state} /> },
  { id: "only", header: "If unbound now", width: "172px", cell: (row) => (row.only_path_for === 0 ? <span className="t3">nobody loses access</span> : <span>{plural(row.only_path_for, "person", "people")} deactivated</span>) },
  { id: "other", header: "Also bound to", width: "178px", foldsBelow: 940, cell: (row) => (row.other_connectors.length === 0 ? "" : <Badge icon="warning" tone="warn">{row.other_connectors.join(", ")}</Badge>) },
];
