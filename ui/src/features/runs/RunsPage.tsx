import { Button } from "@mantine/core";
import { Link, useNavigate } from "@tanstack/react-router";
import { IconHistory } from "@tabler/icons-react";
import { useMemo, useRef, useState } from "react";
import { ColumnPicker } from "../../components/data-table/ColumnPicker";
import { Counters } from "../../components/data-table/Counters";
import { DataTable, type DataTableHandle } from "../../components/data-table/DataTable";
import { listQuery, sortOf } from "../../components/data-table/listQuery";
import { TableToolbar } from "../../components/data-table/TableToolbar";
import { useColumnVisibility } from "../../components/data-table/useColumnVisibility";
import { EmptyState } from "../../components/EmptyState";
import { ErrorPanel } from "../../components/ErrorPanel";
import type { ListSearch } from "../../components/listSearch";
import { PageHead, Split } from "../../components/Page";
import type { RunView } from "../../platform";
import { runColumns } from "./columns";
import { useRuns } from "./queries";
import { texts } from "./texts";

export function RunsPage({ connectionId }: { connectionId: string }) {
  const [search, setSearch] = useState<ListSearch>({});
  const query = useMemo(() => listQuery(search), [search]);
  const windows = useRuns(connectionId, query);
  const navigate = useNavigate();
  const table = useRef<DataTableHandle>(null);
  const { visibility, toggleColumn } = useColumnVisibility("runs", runColumns);
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
            onFilter={(q) => setSearch((current) => ({ ...current, q }))}
            onLeave={() => table.current?.focusRow()}
            counters={<Counters total={windows.total} unfiltered={undefined} one="run" />}
            picker={<ColumnPicker columns={runColumns} visibility={visibility} onToggle={toggleColumn} />}
          />
          <DataTable<RunView>
            ref={table}
            label={texts.title}
            columns={runColumns}
            windows={windows}
            rowKey={keyOf}
            rowLabel={labelOf}
            lines="one"
            sort={sortOf(search)}
            onSort={(sort) => setSearch((current) => ({ ...current, sort: sort.by, desc: sort.descending }))}
            visibility={visibility}
            onOpen={(run) => void navigate({ to: "/c/$connection/runs/$run", params: { connection: connectionId, run: run.run_id } })}
            listKey={JSON.stringify(query)}
            empty={
              <EmptyState
                icon={IconHistory}
                title={texts.emptyTitle}
                action={
                  <Button size="compact-sm" renderRoot={(props) => <Link {...props} to="/c/$connection/plan" params={{ connection: connectionId }} />}>
                    {texts.toPlan}
                  </Button>
                }
              >
                {texts.empty}
              </EmptyState>
            }
          />
        </div>
      </Split>
    </>
  );
}

const keyOf = (run: RunView) => run.run_id;
const labelOf = (run: RunView) => `Run ${run.number}`;
