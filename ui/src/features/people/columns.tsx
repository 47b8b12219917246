import type { Column } from "../../components/data-table/types";
import { Badge, StatusWord } from "../../components/Status";
import type { PersonRow } from "../../platform";
import { isWaiting, scopeLine, situationWord, sourceState, syncState, targetState } from "./model";

function StateOf({ entry }: { entry: ReturnType<typeof sourceState> }) {
  return entry.isTinted ? <Badge icon={entry.icon} tone={entry.tone}>{entry.word}</Badge> : <StatusWord icon={entry.icon} tone={entry.tone} muted={entry.tone === "neutral"}>{entry.word}</StatusWord>;
}

export const personColumns: readonly Column<PersonRow>[] = [
  {
    id: "name",
    header: "Name",
    sortBy: "name",
    width: "26%",
    cell: (row) => (
      <span className="two-l">
        <span className="pname">{row.name}</span>
        <small>{row.email ?? row.user_name ?? ""}</small>
      </span>
    ),
  },
  { id: "scope", header: "In scope through", cell: (row) => (row.scope_group_count === 0 ? <span className="t3">Not in scope</span> : <span className="cut">{scopeLine(row.scope_groups, row.scope_group_count)}</span>) },
  { id: "source", header: "JumpCloud", sortBy: "source_state", width: "146px", cell: (row) => <StateOf entry={sourceState(row.source_state)} /> },
  { id: "target", header: "Atlassian", sortBy: "target_state", width: "116px", cell: (row) => <StateOf entry={targetState(row.target_state)} /> },
  {
    id: "situation",
    header: "Situation",
    sortBy: "situation",
    width: "136px",
    cell: (row) => {
      // Somebody without an account is out of sync too, but why says more than that.
      if (row.sync_state === "in_sync" || (row.sync_state === "out_of_sync" && row.situation === "confirmed")) return <StateOf entry={syncState(row.sync_state)} />;
      return isWaiting(row.situation) ? <Badge icon="possibleMatch" tone="warn">{situationWord(row.situation)}</Badge> : <span className="t2">{situationWord(row.situation)}</span>;
    },
  },
  { id: "user_name", header: "User name", isOptional: true, width: "160px", cell: (row) => <span className="t2">{row.user_name ?? ""}</span> },
];
