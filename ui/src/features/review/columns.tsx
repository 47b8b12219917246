import { IconDoorEnter, IconEyeOff, IconLock } from "@tabler/icons-react";
import type { Column } from "../../components/data-table/types";
import { accessLine, appsOf, conflictKinds, sitesOf } from "../../components/group/words";
import { StayGainLose } from "../../components/group/StayGainLose";
import { nameOf } from "../../components/operation/words";
import { Badge, StatusWord } from "../../components/Status";
import { Time } from "../../components/Time";
import { plural } from "../../lib/plural";
import type { ConflictRow } from "../../platform";
import { choiceEntry } from "./model";
import { texts } from "./texts";
import classes from "./ReviewPage.module.css";

export const reviewColumns: readonly Column<ConflictRow>[] = [
  {
    id: "group",
    header: "Group",
    sortBy: "group",
    cell: (row) => (
      <span className="two-l">
        <span className="pname">{nameOf(row.subject)}</span>
        {row.kind === "group_takeover" ? <small className={classes["folded"]}>{accessText(row)}</small> : <small>{conflictKinds[row.kind].line}</small>}
      </span>
    ),
  },
  { id: "access", header: "App access", sortBy: "access", width: "17%", foldsBelow: 1000, cell: (row) => <span className="cut" title={appsOf(row.access).join(", ")}>{row.access.length === 0 ? <span className="t3">–</span> : appsOf(row.access).join(", ")}</span> },
  { id: "site", header: "Site", sortBy: "site", width: "124px", foldsBelow: 1000, cell: (row) => <span className="t2 cut">{sitesOf(row.access).join(", ")}</span> },
  { id: "shape", header: "Stay, gain, lose", sortBy: "loses", width: "132px", cell: (row) => (hasMembers(row) ? <StayGainLose stays={row.stays} gains={row.gains} loses={row.loses} /> : <span className="t3">–</span>) },
  { id: "loses_access", header: "Lose access", sortBy: "loses_access", width: "108px", cell: (row) => <LosesAccess row={row} /> },
  { id: "decision", header: "Decision", sortBy: "decision", width: "176px", cell: (row) => <DecisionCell row={row} /> },
  { id: "decided", header: "Decided by", width: "150px", isOptional: true, cell: (row) => <span className="t2 cut">{row.decided_by ?? ""}</span> },
];

const hasMembers = (row: ConflictRow) => row.kind === "group_takeover" && row.stays + row.gains + row.loses > 0;

/** What the folded columns would say. */
const accessText = (row: ConflictRow): string => (row.access.length > 0 ? accessLine(row.access) : "Gives no app access that is seen");

function LosesAccess({ row }: { row: ConflictRow }) {
  if (row.kind !== "group_takeover") return <span className="t3">–</span>;
  if (row.loses_access === null) {
    return (
      <span className="st t2" title={texts.cannotSee}>
        <IconEyeOff className="i c-3" size={15} stroke={1.75} aria-hidden />
        Not visible
      </span>
    );
  }
  if (row.loses_access === 0) return <span className="t2">Nobody</span>;
  return (
    <span className="badge bad">
      <IconDoorEnter className="i" size={13} stroke={2} aria-hidden />
      {plural(row.loses_access, "person", "people")}
    </span>
  );
}

function DecisionCell({ row }: { row: ConflictRow }) {
  const { first, second } = decisionLines(row);
  return (
    <span className="two-l">
      <span>{first}</span>
      {second && <small>{second}</small>}
    </span>
  );
}

function decisionLines(row: ConflictRow) {
  const by = row.decided_by !== null && row.decided_at !== null && (
    <>
      {row.decided_by}, <Time iso={row.decided_at} />
    </>
  );
  switch (row.status) {
    case "waiting":
      return { first: <Badge icon="retry" tone="warn">Waiting for Atlassian</Badge>, second: by };
    case "blocked":
      if (row.decision !== null) return { first: <Badge icon="held" tone="warn">{choiceEntry(row.decision).word}</Badge>, second: "Held; the panel says why" };
      return {
        first: (
          <span className="st t2">
            <IconLock className="i c-3" size={15} stroke={1.75} aria-hidden />
            Cannot be synced
          </span>
        ),
        second: row.access.some((each) => each.is_default) ? "Default access group" : (row.blocked ?? ""),
      };
    case "facts_changed":
      return { first: <Badge icon="warning" tone="warn">Facts changed</Badge>, second: "Asked again" };
    case "open":
      return { first: <span className="t2">{texts.notDecided}</span>, second: null };
    default: {
      if (row.decision === null) return { first: <span className="t2">{texts.notDecided}</span>, second: null };
      const { word, icon, tone } = choiceEntry(row.decision);
      return { first: <StatusWord icon={icon} tone={tone} muted={row.status === "later"}>{word}</StatusWord>, second: by };
    }
  }
}
