import { Button } from "@mantine/core";
import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { IconAlertTriangle, IconGitCompare, IconX } from "@tabler/icons-react";
import { useMemo, useRef, useState } from "react";
import { sessionQuery } from "../../api/queries";
import { Banner } from "../../components/Banner";
import { ColumnPicker } from "../../components/data-table/ColumnPicker";
import { Counters } from "../../components/data-table/Counters";
import { DataTable, type DataTableHandle } from "../../components/data-table/DataTable";
import { FacetsButton } from "../../components/data-table/FacetsButton";
import { listQuery, sortOf, toggleValue } from "../../components/data-table/listQuery";
import { countSelected, nothing, type Selection } from "../../components/data-table/selection";
import { SelectionBar } from "../../components/data-table/SelectionBar";
import { TableToolbar } from "../../components/data-table/TableToolbar";
import { useColumnVisibility } from "../../components/data-table/useColumnVisibility";
import { indexOfLoaded } from "../../components/data-table/useRowWindows";
import { EmptyState } from "../../components/EmptyState";
import { ErrorPanel } from "../../components/ErrorPanel";
import type { ReviewSearch } from "../../components/listSearch";
import { NothingRead } from "../../components/NothingRead";
import { notify, notifyError } from "../../components/notify";
import { nameOf } from "../../components/operation/words";
import { PageHead, Split } from "../../components/Page";
import { formatCount } from "../../lib/format";
import { plural } from "../../lib/plural";
import type { ConflictRow, RefusedDecision } from "../../platform";
import { BulkBar, BulkDialog } from "./Bulk";
import { reviewColumns } from "./columns";
import { type BulkPlan, bulkPlan, chips, chipSearch, choiceEntry, facetGroups, noFilter } from "./model";
import { conflictFacetsQuery, selectedQuery, useConflicts, useDecide } from "./queries";
import { ReviewPanel } from "./ReviewPanel";
import classes from "./ReviewPage.module.css";
import { texts } from "./texts";

type Props = { connectionId: string; search: ReviewSearch; onSearch: (change: Partial<ReviewSearch>) => void };

export function ReviewPage({ connectionId, search, onSearch }: Props) {
  const { kind, status, choice, losing } = search;
  const query = useMemo(() => listQuery(search, { kind, status, choice, losing }), [search, kind, status, choice, losing]);
  const windows = useConflicts(connectionId, query);
  const facets = useQuery(conflictFacetsQuery(connectionId));
  const { data: session } = useSuspenseQuery(sessionQuery());
  const table = useRef<DataTableHandle>(null);
  const { visibility, toggleColumn } = useColumnVisibility("review", reviewColumns);
  const [selection, setSelection] = useState<Selection>(nothing);
  const [openIndex, setOpenIndex] = useState<number | null>(null);
  // Kept as it was when it was asked: what is confirmed is what was shown, whatever another window does meanwhile.
  const [plan, setPlan] = useState<BulkPlan | null>(null);
  const [refused, setRefused] = useState<readonly RefusedDecision[]>([]);
  const decide = useDecide(connectionId);
  // "All that match" was said of another filter.
  const [selectedIn, setSelectedIn] = useState(query);
  if (selectedIn !== query) {
    setSelectedIn(query);
    if (selection.mode === "all") setSelection(nothing);
  }
  const count = countSelected(selection, windows.total ?? 0);
  const selected = useQuery({ ...selectedQuery(connectionId, selection, query), enabled: count > 0 });
  const picked = count > 0 ? (selected.data ?? []) : [];
  const rows = picked.filter(isSelectable);
  const groups = facetGroups(facets.data?.facets ?? [], search);
  const toggleFacet = (field: string, value: string) => onSearch({ [field]: toggleValue(groups.find((group) => group.field === field)?.chosen, value) });
  const isFiltered = query.search !== "" || query.filters.length > 0;

  const open = (row: ConflictRow, index: number) => {
    setOpenIndex(index);
    onSearch({ open: row.id });
  };
  const close = () => {
    onSearch({ open: undefined });
    table.current?.focusRow();
  };
  const openKey = search.open ?? null;
  const index = openIndex ?? indexOfLoaded(search.open, windows, keyOf);
  const step = (by: number) => {
    const next = index === null ? undefined : windows.rowAt(index + by);
    return next === undefined || index === null ? undefined : () => open(next, index + by);
  };
  const confirm = () => {
    if (plan === null) return;
    decide.mutate(
      plan.fitting.map((row) => ({ conflict: row.id, choice: plan.choice, facts: row.facts, seen: row.decision })),
      {
        onSuccess: (answer) => {
          setPlan(null);
          setRefused(answer.refused);
          const left = [...answer.refused.map((each) => each.conflict), ...plan.others.map((row) => row.id)];
          setSelection({ mode: "some", keys: new Set(left) });
          // The bar that had the focus goes with the selection.
          table.current?.focusRow();
          if (answer.decided.length > 0) notify(`${choiceEntry(plan.choice).word}: ${plural(answer.decided.length, "group")} decided`, texts.nothingSent);
        },
        onError: notifyError,
      },
    );
  };

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
      {refused.length > 0 && <Refused refused={refused} onDismiss={() => setRefused([])} />}
      <Split isPanelOpen={openKey !== null}>
        <div className="stack grow">
          <TableToolbar
            label={texts.filter}
            placeholder={texts.placeholder}
            filter={search.q ?? ""}
            onFilter={(q) => onSearch({ q: q || undefined })}
            onLeave={() => table.current?.focusRow()}
            counters={<Counters total={windows.total} unfiltered={facets.data?.unfiltered} one="group" />}
            picker={<ColumnPicker columns={reviewColumns} visibility={visibility} onToggle={toggleColumn} />}
          >
            <FacetsButton groups={groups} onToggle={toggleFacet} isAlways />
            <div className={classes["chips"]} role="group" aria-label="Quick filters">
              {chips(facets.data?.facets ?? [], search).map((each) => (
                <button key={each.chip} type="button" className="chip" aria-pressed={each.isActive} onClick={() => onSearch(chipSearch(each.chip, each.isActive))}>
                  {each.label} <span className="n">{formatCount(each.count)}</span>
                </button>
              ))}
            </div>
          </TableToolbar>
          <SelectionBar selection={selection} total={windows.total ?? 0} one="group" many="groups" onChange={setSelection} note={selectionNote(rows, picked.length - rows.length)} />
          <DataTable<ConflictRow>
            ref={table}
            selection={{ value: selection, onChange: setSelection, isSelectable }}
            label={texts.tableLabel}
            columns={reviewColumns}
            windows={windows}
            rowKey={keyOf}
            rowLabel={labelOf}
            sort={sortOf(search)}
            onSort={(sort) => onSearch({ sort: sort.by, desc: sort.descending || undefined })}
            visibility={visibility}
            openKey={openKey}
            onOpen={open}
            onEscape={openKey === null ? undefined : close}
            listKey={JSON.stringify(query)}
            empty={<Empty connectionId={connectionId} isFiltered={isFiltered} onClear={() => onSearch(noFilter)} />}
          />
        </div>
        {openKey !== null && <ReviewPanel connectionId={connectionId} conflictId={openKey} isPrimary={count === 0} onClose={close} onPrevious={step(-1)} onNext={step(1)} />}
      </Split>
      {count > 0 && rows.length > 0 && <BulkBar rows={rows} isReadOnly={session.is_read_only} onChoose={(wanted) => setPlan(bulkPlan(wanted, rows))} />}
      {plan !== null && <BulkDialog plan={plan} isPending={decide.isPending} onClose={() => setPlan(null)} onConfirm={confirm} />}
    </>
  );
}

const keyOf = (row: ConflictRow) => row.id;
const labelOf = (row: ConflictRow) => nameOf(row.subject);
/** Where Atlassian is awaited, or the group cannot be synced, there is nothing to decide for many at once. */
const isSelectable = (row: ConflictRow) => row.kind === "group_takeover" && row.waiting === null && (row.blocked === null || row.decision !== null);

function selectionNote(rows: readonly ConflictRow[], apart: number): string {
  const losing = rows.reduce((sum, row) => sum + (row.loses_access ?? 0), 0);
  return [losing > 0 ? `${plural(losing, "person", "people")} would lose access` : "", apart > 0 ? `${formatCount(apart)} must be decided one by one` : ""].filter(Boolean).join("; ");
}

function Empty({ connectionId, isFiltered, onClear }: { connectionId: string; isFiltered: boolean; onClear: () => void }) {
  if (isFiltered) {
    return (
      <EmptyState icon={IconGitCompare} title={texts.noMatchTitle} action={<Button size="compact-sm" onClick={onClear}>{texts.clear}</Button>}>
        {texts.noMatch}
      </EmptyState>
    );
  }
  return <NothingRead connectionId={connectionId} icon={IconGitCompare} text={texts.unread} otherwise={<EmptyState icon={IconGitCompare} title={texts.emptyTitle}>{texts.empty}</EmptyState>} />;
}

/** What was refused stays selected; each says why. */
function Refused({ refused, onDismiss }: { refused: readonly RefusedDecision[]; onDismiss: () => void }) {
  return (
    <div className={classes["refused"]}>
      <Banner
        tone="warn"
        icon={IconAlertTriangle}
        title={`${plural(refused.length, "decision was", "decisions were")} not taken; nothing about ${refused.length === 1 ? "it" : "them"} changed`}
        actions={
          <Button size="compact-sm" variant="subtle" color="gray" leftSection={<IconX size={16} stroke={1.75} aria-hidden />} onClick={onDismiss}>
            Dismiss
          </Button>
        }
      >
        <ul>
          {refused.map((each) => (
            <li key={each.conflict}>
              <b className="med">{each.label}.</b> <span className="t2">{each.text}</span>
            </li>
          ))}
        </ul>
      </Banner>
    </div>
  );
}
