import { Button } from "@mantine/core";
import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { IconLink, IconUsersGroup } from "@tabler/icons-react";
import { useMemo, useRef } from "react";
import { sessionQuery } from "../../api/queries";
import { ColumnPicker } from "../../components/data-table/ColumnPicker";
import { Counters } from "../../components/data-table/Counters";
import { DataTable, type DataTableHandle } from "../../components/data-table/DataTable";
import { Facets } from "../../components/data-table/Facets";
import { FacetsButton } from "../../components/data-table/FacetsButton";
import { listQuery, sortOf, toggleValue } from "../../components/data-table/listQuery";
import { TableToolbar } from "../../components/data-table/TableToolbar";
import { useColumnVisibility } from "../../components/data-table/useColumnVisibility";
import { EmptyState } from "../../components/EmptyState";
import { ErrorPanel } from "../../components/ErrorPanel";
import { NothingRead } from "../../components/NothingRead";
import type { GroupsSearch } from "../../components/listSearch";
import { PageHead, Split } from "../../components/Page";
import type { GroupRow } from "../../platform";
import { BindDialog } from "./BindDialog";
import { groupColumns } from "./columns";
import { facetGroups, groupKey } from "./model";
import { groupFacetsQuery, useGroups } from "./queries";
import { texts } from "./texts";

/** How long a dialogue takes to close. */
const DIALOG_CLOSES_MS = 400;

type Props = { connectionId: string; search: GroupsSearch; onSearch: (change: Partial<GroupsSearch>) => void };

export function GroupsPage({ connectionId, search, onSearch }: Props) {
  const { state, only_path, overlap } = search;
  const query = useMemo(() => listQuery(search, { state, only_path, overlap }), [search, state, only_path, overlap]);
  const windows = useGroups(connectionId, query);
  const facets = useQuery(groupFacetsQuery(connectionId));
  const { data: session } = useSuspenseQuery(sessionQuery());
  const navigate = useNavigate();
  const table = useRef<DataTableHandle>(null);
  const columns = useMemo(() => groupColumns(connectionId), [connectionId]);
  const { visibility, toggleColumn } = useColumnVisibility("groups", columns);
  const isBinding = search.bind === true;
  const setBinding = (bind: boolean) => onSearch({ bind: bind || undefined });
  const closeBinding = () => {
    setBinding(false);
    // Opened from the palette, there is nothing to give the focus back to.
    window.setTimeout(() => {
      if (document.activeElement === document.body) table.current?.focusRow();
    }, DIALOG_CLOSES_MS);
  };
  const groups = facetGroups(facets.data?.facets ?? [], search);
  const toggleFacet = (field: string, value: string) => onSearch({ [field]: toggleValue(groups.find((group) => group.field === field)?.chosen, value) });
  const isFiltered = query.search !== "" || query.filters.length > 0;
  const bind = (
    <Button size="compact-sm" disabled={session.is_read_only} leftSection={<IconLink size={16} stroke={1.75} aria-hidden />} onClick={() => setBinding(true)}>
      {texts.bind}
    </Button>
  );

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
      <PageHead title={texts.title} sub={texts.sub} actions={bind} />
      <Split isPanelOpen={false}>
        {groups.length > 0 && <Facets groups={groups} onToggle={toggleFacet} />}
        <div className="stack grow">
          <TableToolbar
            label={texts.filter}
            placeholder={texts.placeholder}
            filter={search.q ?? ""}
            onFilter={(q) => onSearch({ q: q || undefined })}
            onLeave={() => table.current?.focusRow()}
            counters={<Counters total={windows.total} unfiltered={facets.data?.unfiltered} one="group" />}
            picker={<ColumnPicker columns={columns} visibility={visibility} onToggle={toggleColumn} />}
          >
            {groups.length > 0 && <FacetsButton groups={groups} onToggle={toggleFacet} />}
          </TableToolbar>
          <DataTable<GroupRow>
            ref={table}
            label={texts.title}
            columns={columns}
            windows={windows}
            rowKey={groupKey}
            rowLabel={labelOf}
            lines="one"
            sort={sortOf(search)}
            onSort={(sort) => onSearch({ sort: sort.by, desc: sort.descending || undefined })}
            visibility={visibility}
            onOpen={(row) => void navigate({ to: "/c/$connection/groups/$group", params: { connection: connectionId, group: groupKey(row) } })}
            listKey={JSON.stringify(query)}
            empty={
              isFiltered ? (
                <EmptyState icon={IconUsersGroup} title={texts.noMatchTitle} action={<Button size="compact-sm" onClick={() => onSearch({ q: undefined, state: undefined, only_path: undefined, overlap: undefined })}>{texts.clear}</Button>}>
                  {texts.noMatch}
                </EmptyState>
              ) : (
                <NothingRead
                  connectionId={connectionId}
                  icon={IconUsersGroup}
                  text={texts.unread}
                  otherwise={
                    <EmptyState icon={IconUsersGroup} title={texts.emptyTitle} action={<Button variant="filled" disabled={session.is_read_only} onClick={() => setBinding(true)}>{texts.bind}</Button>}>
                      {texts.empty}
                    </EmptyState>
                  }
                />
              )
            }
          />
        </div>
      </Split>
      {isBinding && <BindDialog connectionId={connectionId} onClose={closeBinding} />}
    </>
  );
}

const labelOf = (row: GroupRow) => row.name;
