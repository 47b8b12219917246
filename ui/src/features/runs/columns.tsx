import type { Column } from "../../components/data-table/types";
import { ActionCell, changeLine, IdentityLine } from "../../components/operation/Cells";
import { Badge, StatusWord } from "../../components/Status";
import { Time } from "../../components/Time";
import { formatCount, formatDuration } from "../../lib/format";
import { useNow } from "../../lib/useNow";
import type { RunOperationRow, RunView } from "../../platform";
import { durationOf, operationWord, runWord, triggerWord, type Word } from "./model";
import { texts } from "./texts";

function WordOf({ entry }: { entry: Word }) {
  return entry.isTinted ? <Badge icon={entry.icon} tone={entry.tone}>{entry.word}</Badge> : <StatusWord icon={entry.icon} tone={entry.tone} muted={entry.tone === "neutral"}>{entry.word}</StatusWord>;
}

function OperationState({ row }: { row: RunOperationRow }) {
  const now = useNow();
  return <WordOf entry={operationWord(row, now)} />;
}

/** Zeros are quiet, so that what happened stands out. */
function Number({ value, bad = false }: { value: number; bad?: boolean }) {
  return <span className={value === 0 ? "t3" : bad ? "med" : ""} style={value > 0 && bad ? { color: "var(--bad)" } : undefined}>{formatCount(value)}</span>;
}

const words = texts.columns;

export const runColumns: readonly Column<RunView>[] = [
  { id: "number", header: words.number, width: "100px", cell: (run) => <span className="pname num">Run {run.number}</span> },
  { id: "started", header: words.started, sortBy: "started_at", width: "104px", cell: (run) => <Time iso={run.started_at} /> },
  { id: "result", header: words.result, width: "164px", cell: (run) => <WordOf entry={runWord(run)} /> },
  { id: "trigger", header: words.trigger, cell: (run) => <span className="t2">{triggerWord(run.trigger)}, {run.started_by}</span> },
  { id: "duration", header: words.duration, align: "end", foldsBelow: 960, width: "84px", cell: (run) => <span className="t2">{durationOf(run)}</span> },
  { id: "creates", header: words.creates, align: "end", width: "72px", cell: (run) => <Number value={run.progress.created.done} /> },
  { id: "updates", header: words.updates, align: "end", width: "76px", cell: (run) => <Number value={run.progress.updated.done} /> },
  { id: "deactivations", header: words.deactivations, align: "end", foldsBelow: 760, width: "112px", cell: (run) => <Number value={run.progress.deactivated.done} /> },
  { id: "deletes", header: words.deletes, align: "end", width: "78px", isOptional: true, cell: (run) => <Number value={run.progress.deleted.done} /> },
  { id: "failed", header: words.failed, align: "end", width: "64px", cell: (run) => <Number value={run.progress.failed} bad /> },
  { id: "held", header: words.held, align: "end", foldsBelow: 960, width: "58px", cell: (run) => <Number value={run.progress.held} /> },
  { id: "differences", header: words.differences, align: "end", foldsBelow: 960, width: "112px", cell: (run) => <Number value={run.differences.length} bad /> },
];

export const runOperationColumns: readonly Column<RunOperationRow>[] = [
  { id: "identity", header: "Identity", width: "20%", cell: (row) => <IdentityLine subject={row.subject} /> },
  { id: "action", header: "Action", width: "144px", cell: (row) => <ActionCell kind={row.kind} /> },
  { id: "change", header: "Change", width: "18%", cell: (row) => <span className="t2 cut">{changeLine(row.change, row.subject, row.kind)}</span> },
  { id: "state", header: "State", width: "140px", cell: (row) => <OperationState row={row} /> },
  { id: "status", header: "HTTP status", width: "102px", cell: (row) => <span className="t2 num">{row.status ?? ""}</span> },
  {
    id: "result",
    header: "Result",
    cell: (row) =>
      row.error !== null && row.state !== "done" ? (
        <span className="cut" title={row.remedy ?? undefined}>
          {row.error}
          {row.remedy && <span className="t2"> {row.remedy}</span>}
        </span>
      ) : (
        <span className="t2 num">{row.duration_ms === null ? "" : formatDuration(row.duration_ms)}</span>
      ),
  },
];
