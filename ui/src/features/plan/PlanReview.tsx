import { Button } from "@mantine/core";
import { Link, useNavigate } from "@tanstack/react-router";
import { IconAlertTriangle, IconCircleCheck, IconListCheck, IconPlayerPause } from "@tabler/icons-react";
import { useMemo, useRef, useState } from "react";
import { Banner } from "../../components/Banner";
import { ColumnPicker } from "../../components/data-table/ColumnPicker";
import { Counters } from "../../components/data-table/Counters";
import { DataTable, type DataTableHandle } from "../../components/data-table/DataTable";
import { Facets } from "../../components/data-table/Facets";
import { FacetsButton } from "../../components/data-table/FacetsButton";
import { listQuery, sortOf, toggleValue } from "../../components/data-table/listQuery";
import { TableToolbar } from "../../components/data-table/TableToolbar";
import { indexOfLoaded } from "../../components/data-table/useRowWindows";
import { useColumnVisibility } from "../../components/data-table/useColumnVisibility";
import { EmptyState } from "../../components/EmptyState";
import { ErrorPanel } from "../../components/ErrorPanel";
import type { PlanSearch } from "../../components/listSearch";
import { nameOf } from "../../components/operation/words";
import { ActionBar, Split } from "../../components/Page";
import { plural } from "../../lib/plural";
import type { GuardView, OperationDetail, OperationRow, PlanView } from "../../platform";
import { AllowDialog } from "./AllowDialog";
import { operationColumns } from "./columns";
import { GuardBanner } from "./GuardBanner";
import { activeChip, approvedCount, approveText, chipSearch, conflictOf, type Decisions, facetGroups, readyTitle, standing } from "./model";
import { OperationPanel } from "./OperationPanel";
import { OverrideDialog } from "./OverrideDialog";
import { PlanCountsBar } from "./PlanCountsBar";
import { PlanNotes } from "./PlanNotes";
import classes from "./PlanPage.module.css";
import { useApprove, useOperations } from "./queries";
import { texts } from "./texts";

type Props = { connectionId: string; plan: PlanView; isBusy: boolean; search: PlanSearch; onSearch: (change: Partial<PlanSearch>) => void };

export function PlanReview({ connectionId, plan, isBusy, search, onSearch }: Props) {
  const { kind, state, held_by, reason } = search;
  const query = useMemo(() => listQuery(search, { kind, state, held_by, reason }), [search, kind, state, held_by, reason]);
  const windows = useOperations(plan.plan_id, query);
  const table = useRef<DataTableHandle>(null);
  const { visibility, toggleColumn } = useColumnVisibility("plan", operationColumns);
  const [decisions, setDecisions] = useState<Decisions>({ overrideReason: null, allowed: new Set() });
  const [overriding, setOverriding] = useState<GuardView | null>(null);
  const [allowing, setAllowing] = useState<OperationDetail | null>(null);
  const [openIndex, setOpenIndex] = useState<number | null>(null);
  const groups = facetGroups(plan.facets, search);

  const open = (row: OperationRow, index: number) => {
    setOpenIndex(index);
    onSearch({ open: row.id });
  };
  const close = () => {
    onSearch({ open: undefined });
    table.current?.focusRow();
  };
  // An address that names an open row says nothing about where in the list it stands.
  const index = openIndex ?? indexOfLoaded(search.open, windows, keyOf);
  const step = (by: number) => {
    const next = index === null ? undefined : windows.rowAt(index + by);
    return next === undefined || index === null ? undefined : () => open(next, index + by);
  };
  const allow = (id: string, isAllowed: boolean) =>
    setDecisions((current) => {
      const allowed = new Set(current.allowed);
      if (isAllowed) allowed.add(id);
      else allowed.delete(id);
      return { ...current, allowed };
    });
  const toggleFacet = (field: string, value: string) => {
    const chosen = groups.find((group) => group.field === field)?.chosen;
    onSearch({ [field]: toggleValue(chosen, value), open: undefined });
  };
  const openKey = search.open ?? null;

  return (
    <>
      <PlanCountsBar counts={plan.counts} active={activeChip(search)} onChoose={(chip) => onSearch(chipSearch(chip))} />
      <Standing connectionId={connectionId} plan={plan} />
      {plan.guards.map((guard) => (
        <GuardBanner
          key={guard.code}
          guard={guard}
          overrideReason={decisions.overrideReason}
          onOverride={() => setOverriding(guard)}
          onTakeBack={() => setDecisions((current) => ({ ...current, overrideReason: null }))}
          onShow={() => onSearch({ ...chipSearch("all"), held_by: ["guard"], q: undefined })}
        />
      ))}
      <PlanNotes connectionId={connectionId} plan={plan} />
      <Split isPanelOpen={openKey !== null}>
        <Facets groups={groups} onToggle={toggleFacet} />
        <div className="stack grow">
          <TableToolbar
            label={texts.filter}
            placeholder={texts.placeholder}
            filter={search.q ?? ""}
            onFilter={(q) => onSearch({ q: q || undefined })}
            onLeave={() => table.current?.focusRow()}
            counters={<Counters total={windows.total} unfiltered={plan.counts.all} one="operation" />}
            picker={<ColumnPicker columns={operationColumns} visibility={visibility} onToggle={toggleColumn} />}
          >
            <FacetsButton groups={groups} onToggle={toggleFacet} />
          </TableToolbar>
          {windows.error && windows.total === undefined ? (
            <ErrorPanel error={windows.error} onRetry={windows.retry} />
          ) : (
            <DataTable<OperationRow>
              ref={table}
              label={`Operations of plan ${plan.number}`}
              columns={operationColumns}
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
              empty={
                <EmptyState icon={IconListCheck} title={texts.noMatchTitle} action={<Button size="compact-sm" onClick={() => onSearch({ ...chipSearch("all"), q: undefined })}>{texts.clear}</Button>}>
                  {texts.noMatch}
                </EmptyState>
              }
            />
          )}
        </div>
        {openKey !== null && (
          <OperationPanel
            connectionId={connectionId}
            planId={plan.plan_id}
            operationId={openKey}
            conflictOf={(row) => conflictOf(plan, row)}
            isAllowed={decisions.allowed.has(openKey)}
            onClose={close}
            onPrevious={step(-1)}
            onNext={step(1)}
            onAllow={setAllowing}
            onDisallow={(id) => allow(id, false)}
          />
        )}
      </Split>
      <ApproveBar connectionId={connectionId} plan={plan} decisions={decisions} isBusy={isBusy} />
      <OverrideDialog
        guard={overriding}
        onClose={() => setOverriding(null)}
        onConfirm={(overrideReason) => {
          setDecisions((current) => ({ ...current, overrideReason }));
          setOverriding(null);
        }}
      />
      {allowing && (
        <AllowDialog
          detail={allowing}
          onClose={() => setAllowing(null)}
          onConfirm={() => {
            allow(allowing.row.id, true);
            setAllowing(null);
          }}
        />
      )}
    </>
  );
}

const keyOf = (row: OperationRow) => row.id;
const labelOf = (row: OperationRow) => nameOf(row.subject);

/** Says it when the plan on the screen is not one to approve. */
function Standing({ connectionId, plan }: { connectionId: string; plan: PlanView }) {
  const runId = plan.run_id;
  switch (standing(plan)) {
    case "open":
      return null;
    case "applied":
      return (
        <div className={classes["guard"]}>
          <Banner
            icon={IconCircleCheck}
            tone="accent"
            title="This plan was approved"
            actions={
              runId !== null && (
                <Button size="compact-sm" renderRoot={(props) => <Link {...props} to="/c/$connection/runs/$run" params={{ connection: connectionId, run: runId }} />}>
                  Open the run
                </Button>
              )
            }
          >
            <p>What it left out will be in the next plan. Compute again to see where both sides stand.</p>
          </Banner>
        </div>
      );
    case "superseded":
      return (
        <div className={classes["guard"]}>
          <Banner icon={IconAlertTriangle} tone="warn" title="A newer plan has replaced this one">
            <p>Only the newest plan can be approved.</p>
          </Banner>
        </div>
      );
    case "incomplete":
      return (
        <div className={classes["guard"]}>
          <Banner icon={IconAlertTriangle} tone="warn" title="One side was not read to the end">
            <p>{plan.source.problem ?? plan.target.problem ?? "Compute again."} A short read can never deactivate, delete or remove anybody.</p>
          </Banner>
        </div>
      );
  }
}

function ApproveBar({ connectionId, plan, decisions, isBusy }: { connectionId: string; plan: PlanView; decisions: Decisions; isBusy: boolean }) {
  const navigate = useNavigate();
  const approve = useApprove(plan);
  const count = approvedCount(plan, decisions);
  const state = standing(plan);
  if (state === "applied" || state === "superseded") return null;
  const send = () =>
    approve.mutate(
      { override_reason: decisions.overrideReason, allow_irreversible: [...decisions.allowed] },
      { onSuccess: (run) => void navigate({ to: "/c/$connection/runs/$run", params: { connection: connectionId, run: run.run_id } }) },
    );
  if (count === 0) {
    return (
      <ActionBar icon={<IconPlayerPause className="i c-warn" size={20} stroke={1.75} aria-hidden />} title="Nothing is ready" actions={null}>
        All {plural(plan.counts.held, "operation")} of this plan are held. Each says why.
      </ActionBar>
    );
  }
  const extra = count - plan.counts.ready;
  return (
    <>
      {approve.error && <ErrorPanel error={approve.error} />}
      <ActionBar
        icon={<IconCircleCheck className="i c-ok" size={20} stroke={1.75} aria-hidden />}
        title={readyTitle(plan.counts, extra)}
        actions={
          <Button variant="filled" loading={approve.isPending} disabled={isBusy} onClick={send}>
            Approve {plural(count, "operation")}
          </Button>
        }
      >
        {approveText(plan, decisions)}
      </ActionBar>
    </>
  );
}
