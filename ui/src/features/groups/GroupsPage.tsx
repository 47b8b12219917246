import { IconUsersGroup } from "@tabler/icons-react";
import { useCallback, useMemo, useRef } from "react";
import { call } from "../../api/call";
import { ColumnPicker } from "../../components/data-table/ColumnPicker";
import { Counters } from "../../components/data-table/Counters";
import { DataTable, type DataTableHandle } from "../../components/data-table/DataTable";
import { listQuery, sortOf } from "../../components/data-table/listQuery";
import { TableToolbar } from "../../components/data-table/TableToolbar";
import { useColumnVisibility } from "../../components/data-table/useColumnVisibility";
import { useRowWindows } from "../../components/data-table/useRowWindows";
import { EmptyState } from "../../components/EmptyState";
import { ErrorPanel } from "../../components/ErrorPanel";
import type { GroupsSearch } from "../../components/listSearch";
import { PageHead, Split } from "../../components/Page";
import { type GroupRow, platform } from "../../platform";
import { groupColumns } from "./columns";
import { texts } from "./texts";

type Props = { connectionId: string; search: GroupsSearch; onSearch: (change: Partial<GroupsSearch>) => void };

export function GroupsPage({ connectionId, search, onSearch }: Props) {
  const query = useMemo(() => listQuery(search), [search]);
  const windows = useRowWindows(
    useMemo(() => ["groups", "list", connectionId, query], [connectionId, query]),
    useCallback((offset: number, limit: number) => call(platform().commands.listGroups(connectionId, { ...query, offset, limit })), [connectionId, query]),
  );
  const table = useRef<DataTableHandle>(null);
  const { visibility, toggleColumn } = useColumnVisibility("groups", groupColumns);
  if (windows.error && windows.total === undefined) {
    return (
      <>
        <PageHead title={texts.title} />
        <ErrorPanel error={windows.error} onRetry={windows.retry} />
      </>
    );
  }
  return (
    <>
      <PageHead title={texts.title} sub={texts.sub} />
      <Split isPanelOpen={false}>
        <div className="stack grow">
          <TableToolbar
            label={texts.filter}
            placeholder={texts.placeholder}
            filter={search.q ?? ""}
            onFilter={(q) => onSearch({ q: q || undefined })}
            onLeave={() => table.current?.focusRow()}
            counters={<Counters total={windows.total} unfiltered={undefined} one="group" />}
            picker={<ColumnPicker columns={groupColumns} visibility={visibility} onToggle={toggleColumn} />}
          />
          <DataTable<GroupRow>
            ref={table}
            label={texts.title}
            columns={groupColumns}
            windows={windows}
            rowKey={keyOf}
            rowLabel={labelOf}
            lines="one"
            sort={sortOf(search)}
            onSort={(sort) => onSearch({ sort: sort.by, desc: sort.descending || undefined })}
            visibility={visibility}
            listKey={JSON.stringify(query)}
            empty={
              <EmptyState icon={IconUsersGroup} title={query.search === "" ? texts.emptyTitle : texts.noMatchTitle}>
                {query.search === "" ? texts.empty : texts.noMatch}
              </EmptyState>
            }
          />
        </div>
      </Split>
    </>
  );
}

const keyOf = (row: GroupRow) => row.id;
const labelOf = (row: GroupRow) => row.name;
