import type { Column } from "../../components/data-table/types";
import { ActionCell, CauseCell, ChangeCell, IdentityCell, ReversibleCell, StateCell } from "../../components/operation/Cells";
import type { OperationRow } from "../../platform";

export const operationColumns: readonly Column<OperationRow>[] = [
  { id: "identity", header: "Identity", sortBy: "name", width: "22%", cell: (row) => <IdentityCell subject={row.subject} /> },
  { id: "action", header: "Action", sortBy: "kind", width: "118px", cell: (row) => <ActionCell kind={row.kind} /> },
  { id: "change", header: "Change", width: "23%", cell: (row) => <ChangeCell change={row.change} subject={row.subject} /> },
  { id: "cause", header: "Cause", sortBy: "reason", cell: (row) => <CauseCell reason={row.reason} /> },
  { id: "reversible", header: "Reversible?", width: "92px", isFoldable: true, cell: (row) => <ReversibleCell value={row.reversibility} /> },
  { id: "state", header: "State", width: "122px", cell: (row) => <StateCell heldBy={row.held_by} /> },
];
