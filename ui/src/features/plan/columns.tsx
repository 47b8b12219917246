import { Link } from "@tanstack/react-router";
import type { Column } from "../../components/data-table/types";
import { ActionCell, CauseCell, ChangeCell, IdentityCell, ReversibleCell, StateCell } from "../../components/operation/Cells";
import type { OperationRow } from "../../platform";

export const operationColumns: readonly Column<OperationRow>[] = [
  { id: "identity", header: "Identity", sortBy: "name", cell: (row) => <IdentityCell subject={row.subject} /> },
  { id: "action", header: "Action", sortBy: "kind", width: "118px", cell: (row) => <ActionCell kind={row.kind} /> },
  { id: "change", header: "Change", width: "23%", foldsBelow: 600, cell: (row) => <ChangeCell change={row.change} subject={row.subject} kind={row.kind} /> },
  { id: "cause", header: "Cause", sortBy: "reason", width: "18.5%", foldsBelow: 480, cell: (row) => <CauseCell reason={row.reason} /> },
  { id: "reversible", header: "Reversible?", width: "92px", foldsBelow: 800, cell: (row) => <ReversibleCell value={row.reversibility} /> },
  { id: "state", header: "State", width: "122px", cell: (row) => (row.held_by === "conflict" || row.held_by === "acknowledgement" ? <ConflictCell row={row} /> : <StateCell heldBy={row.held_by} />) },
];

/** Leads to where it is decided; the row itself opens the panel, which leads there too. */
function ConflictCell({ row }: { row: OperationRow }) {
  return (
    <Link from="/c/$connection/plan" to="/c/$connection/review" params={(current) => ({ connection: current.connection })} search={{ q: row.subject.label }} tabIndex={-1} title="Decide it in Review groups">
      <StateCell heldBy={row.held_by} />
    </Link>
  );
}
