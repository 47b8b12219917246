import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { IconUsers } from "@tabler/icons-react";
import { useMemo, useRef, useState } from "react";
import { ColumnPicker } from "../../components/data-table/ColumnPicker";
import { Counters } from "../../components/data-table/Counters";
import { DataTable, type DataTableHandle } from "../../components/data-table/DataTable";
import { type FacetGroup, Facets } from "../../components/data-table/Facets";
import { FacetsButton } from "../../components/data-table/FacetsButton";
import { listQuery, sortOf, toggleValue } from "../../components/data-table/listQuery";
import { nothing, type Selection } from "../../components/data-table/selection";
import { SelectionBar } from "../../components/data-table/SelectionBar";
import { TableToolbar } from "../../components/data-table/TableToolbar";
import { useColumnVisibility } from "../../components/data-table/useColumnVisibility";
import { EmptyState } from "../../components/EmptyState";
import { ErrorPanel } from "../../components/ErrorPanel";
import type { PeopleSearch } from "../../components/listSearch";
import { notify, notifyError } from "../../components/notify";
import { PageHead, Split } from "../../components/Page";
import { plural } from "../../lib/plural";
import type { Facet, PersonRow } from "../../platform";
import { personColumns } from "./columns";
import { situationWord, sourceState, syncState, targetState } from "./model";
import { peopleFacetsQuery, useCopyPeople, usePeople } from "./queries";
import { texts } from "./texts";

type Props = { connectionId: string; search: PeopleSearch; onSearch: (change: Partial<PeopleSearch>) => void };

export function PeoplePage({ connectionId, search, onSearch }: Props) {
  const { situation, source_state, target_state, sync_state } = search;
  const query = useMemo(() => listQuery(search, { situation, source_state, target_state, sync_state }), [search, situation, source_state, target_state, sync_state]);
  const windows = usePeople(connectionId, query);
  const facets = useQuery(peopleFacetsQuery(connectionId));
  const navigate = useNavigate();
  const table = useRef<DataTableHandle>(null);
  const { visibility, toggleColumn } = useColumnVisibility("people", personColumns);
  const [selection, setSelection] = useState<Selection>(nothing);
  const copy = useCopyPeople(connectionId);
  // "All that match" was said of another filter.
  const [selectedIn, setSelectedIn] = useState(query);
  if (selectedIn !== query) {
    setSelectedIn(query);
    if (selection.mode === "all") setSelection(nothing);
  }
  const groups = facetGroups(facets.data?.facets ?? [], search);
  const toggleFacet = (field: string, value: string) => onSearch({ [field]: toggleValue(groups.find((group) => group.field === field)?.chosen, value) });
  const isFiltered = query.search !== "" || query.filters.length > 0;
  const clear = () => onSearch({ q: undefined, situation: undefined, source_state: undefined, target_state: undefined, sync_state: undefined });

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
        {groups.length > 0 && <Facets groups={groups} onToggle={toggleFacet} />}
        <div className="stack grow">
          <TableToolbar
            label={texts.filter}
            placeholder={texts.placeholder}
            filter={search.q ?? ""}
            onFilter={(q) => onSearch({ q: q || undefined })}
            onLeave={() => table.current?.focusRow()}
            counters={<Counters total={windows.total} unfiltered={facets.data?.unfiltered} one="person" many="people" />}
            picker={<ColumnPicker columns={personColumns} visibility={visibility} onToggle={toggleColumn} />}
          >
            <FacetsButton groups={groups} onToggle={toggleFacet} />
          </TableToolbar>
          <SelectionBar
            selection={selection}
            total={windows.total ?? 0}
            one="person"
            many="people"
            onChange={setSelection}
            isCopying={copy.isPending}
            onCopy={() => copy.mutate({ selection, query }, { onSuccess: (count) => notify(`${plural(count, "person", "people")} copied`), onError: notifyError })}
          />
          <DataTable<PersonRow>
            ref={table}
            selection={{ value: selection, onChange: setSelection }}
            label={texts.title}
            columns={personColumns}
            windows={windows}
            rowKey={keyOf}
            rowLabel={labelOf}
            sort={sortOf(search)}
            onSort={(sort) => onSearch({ sort: sort.by, desc: sort.descending || undefined })}
            visibility={visibility}
            onOpen={(row) => void navigate({ to: "/c/$connection/people/$person", params: { connection: connectionId, person: row.key } })}
            listKey={JSON.stringify(query)}
            empty={
              isFiltered ? (
                <EmptyState icon={IconUsers} title={texts.noMatchTitle} action={<Button size="compact-sm" onClick={clear}>{texts.clear}</Button>}>
                  {texts.noMatch}
                </EmptyState>
              ) : (
                <EmptyState icon={IconUsers} title={texts.emptyTitle}>
                  {texts.empty}
                </EmptyState>
              )
            }
          />
        </div>
      </Split>
    </>
  );
}

const keyOf = (row: PersonRow) => row.key;
const labelOf = (row: PersonRow) => row.name;

function facetGroups(facets: readonly Facet[], search: PeopleSearch): FacetGroup[] {
  const group = (field: "situation" | "source_state" | "target_state" | "sync_state", title: string, word: (value: string) => string): FacetGroup => ({
    field,
    title,
    chosen: search[field] ?? [],
    options: facets.filter((facet) => facet.field === field && facet.count > 0).map(({ value, count }) => ({ value, count, label: word(value) })).sort((a, b) => b.count - a.count),
  });
  return [
    group("sync_state", texts.facetSync, (value) => syncState(value).word),
    group("situation", texts.facetSituation, situationWord),
    group("source_state", texts.facetSource, (value) => sourceState(value).word),
    group("target_state", texts.facetTarget, (value) => targetState(value).word),
  ].filter((each) => each.options.length > 0);
}
