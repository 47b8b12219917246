import type { Column } from "../../components/data-table/types";
import { StatusWord } from "../../components/Status";
import { formatInstant } from "../../lib/format";
import { Time } from "../../components/Time";
import type { EventRow } from "../../platform";

export const eventColumns: readonly Column<EventRow>[] = [
  { id: "day", header: "Day", width: "104px", isOptional: true, cell: (row) => <span className="t2"><Time iso={row.time} /></span> },
  { id: "time", header: "Timestamp", sortBy: "time", width: "176px", cell: (row) => <time className="num" dateTime={row.time} title={row.time}>{formatInstant(row.time)}</time> },
  { id: "type", header: "Event type", width: "210px", cell: (row) => <span className="mono">{row.event_type}</span> },
  { id: "result", header: "Result", width: "112px", cell: (row) => (row.outcome === "success" ? <StatusWord icon="success" tone="ok">Success</StatusWord> : <span className="st bad"><StatusWord icon="failed" tone="bad">Failed</StatusWord></span>) },
  { id: "by", header: "Initiated by", width: "140px", foldsBelow: 760, cell: (row) => <span className="t2 cut">{row.initiated_by}</span> },
  { id: "target", header: "Target", width: "22%", cell: (row) => <span className="pname cut">{row.label ?? ""}</span> },
  { id: "status", header: "HTTP status", align: "end", width: "104px", foldsBelow: 940, cell: (row) => <span className={row.outcome === "success" ? "t2" : "med"}>{row.status ?? ""}</span> },
  { id: "error", header: "Error", cell: (row) => <span className="cut" title={row.error ?? undefined}>{row.error ?? ""}</span> },
];
