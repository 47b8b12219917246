import { Link } from "@tanstack/react-router";
import { IconAlertTriangle, IconShieldLock, IconUsersGroup } from "@tabler/icons-react";
import type { Column } from "../../components/data-table/types";
import { GroupStateWord } from "../../components/group/GroupStateWord";
import { Badge } from "../../components/Status";
import { formatCount } from "../../lib/format";
import { plural } from "../../lib/plural";
import type { GroupRow } from "../../platform";
import { groupKey, isBound } from "./model";

export const groupColumns = (connectionId: string): readonly Column<GroupRow>[] => [
  {
    id: "name",
    header: "Group",
    sortBy: "name",
    cell: (row) => (
      <span className="row">
        <IconUsersGroup className="i c-3" size={16} stroke={1.75} aria-hidden />
        <span className="pname cut">{row.name}</span>
        {row.other_connectors.length > 0 && <IconAlertTriangle className="i c-warn" size={14} stroke={2} role="img" aria-label={`Also bound to ${row.other_connectors.join(", ")}`} />}
        {row.is_protected && <IconShieldLock className="i c-3" size={14} stroke={2} role="img" aria-label="Protected" />}
      </span>
    ),
  },
  { id: "members", header: "In JumpCloud", sortBy: "members", align: "end", width: "108px", cell: (row) => (isBound(row) ? formatCount(row.members) : <span className="t3">not bound</span>) },
  { id: "target", header: "In Atlassian", align: "end", width: "104px", foldsBelow: 860, cell: (row) => (row.members_in_target === null ? <span className="t3">none yet</span> : formatCount(row.members_in_target)) },
  { id: "state", header: "State in Atlassian", sortBy: "state", width: "184px", cell: (row) => <GroupStateWord state={row.state} /> },
  {
    id: "only",
    header: "If unbound now",
    sortBy: "would_deactivate",
    width: "170px",
    cell: (row) =>
      !isBound(row) ? (
        <span className="t3">–</span>
      ) : row.would_deactivate === 0 ? (
        <span className="t2">nobody deactivated</span>
      ) : (
        <Link className="num med" tabIndex={-1} to="/c/$connection/groups/$group" params={{ connection: connectionId, group: groupKey(row) }} search={{ show: "unbound" }}>
          {plural(row.would_deactivate, "person", "people")} deactivated
        </Link>
      ),
  },
  {
    id: "other",
    header: "Also bound to",
    width: "190px",
    foldsBelow: 900,
    cell: (row) =>
      row.other_connectors.length === 0 ? (
        ""
      ) : (
        <span title={`Unbinding it from one connector deactivates its people there, although ${row.other_connectors.join(", ")} still has them`}>
          <Badge icon="warning" tone="warn">
            {row.other_connectors.length === 1 ? row.other_connectors[0] : plural(row.other_connectors.length, "connector")}
          </Badge>
        </span>
      ),
  },
];
