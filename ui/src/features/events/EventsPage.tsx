import { IconActivity } from "@tabler/icons-react";
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
import { meaning } from "../../components/icons";
import type { EventsSearch } from "../../components/listSearch";
import { PageHead, Split } from "../../components/Page";
import { type EventRow, platform } from "../../platform";
import { eventColumns } from "./columns";
import { texts } from "./texts";

type Props = { connectionId: string; search: EventsSearch; onSearch: (change: Partial<EventsSearch>) => void };

export function EventsPage({ connectionId, search, onSearch }: Props) {
  const { outcome } = search;
  const query = useMemo(() => listQuery(search, { outcome }), [search, outcome]);
  const windows = useRowWindows(
    useMemo(() => ["events", "list", connectionId, query], [connectionId, query]),
    useCallback((offset: number, limit: number) => call(platform().commands.listEvents(connectionId, { ...query, offset, limit })), [connectionId, query]),
  );
  const table = useRef<DataTableHandle>(null);
  const { visibility, toggleColumn } = useColumnVisibility("events", eventColumns);
  const onlyFailed = outcome?.includes("failure") ?? false;
  const isFiltered = query.search !== "" || query.filters.length > 0;
  const Failed = meaning.failed;
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
      <PageHead title={texts.title} />
      <Split isPanelOpen={false}>
        <div className="stack grow">
          <TableToolbar
            label={texts.filter}
            placeholder={texts.placeholder}
            filter={search.q ?? ""}
            onFilter={(q) => onSearch({ q: q || undefined })}
            onLeave={() => table.current?.focusRow()}
            counters={<Counters total={windows.total} unfiltered={undefined} one="event" />}
            picker={<ColumnPicker columns={eventColumns} visibility={visibility} onToggle={toggleColumn} />}
          >
            <button type="button" className="chip" aria-pressed={onlyFailed} onClick={() => onSearch({ outcome: onlyFailed ? undefined : ["failure"] })}>
              <Failed className="i c-bad" size={14} stroke={2} aria-hidden />
              {texts.failed}
            </button>
          </TableToolbar>
          <DataTable<EventRow>
            ref={table}
            label={texts.title}
            columns={eventColumns}
            windows={windows}
            rowKey={keyOf}
            rowLabel={labelOf}
            lines="dense"
            sort={sortOf(search) ?? newestFirst}
            onSort={(sort) => onSearch({ sort: sort.by, desc: sort.descending || undefined })}
            visibility={visibility}
            isRowFailed={isFailed}
            listKey={JSON.stringify(query)}
            empty={
              <EmptyState icon={IconActivity} title={isFiltered ? texts.noMatchTitle : texts.emptyTitle}>
                {isFiltered ? texts.noMatch : texts.empty}
              </EmptyState>
            }
          />
        </div>
      </Split>
    </>
  );
}

/** The list's own order. */
const newestFirst = { by: "time", descending: true };
const keyOf = (row: EventRow) => String(row.sequence);
const labelOf = (row: EventRow) => `event ${row.sequence}`;
const isFailed = (row: EventRow) => row.outcome !== "success";
