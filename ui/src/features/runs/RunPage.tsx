import { Button, SegmentedControl, Switch } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { IconAlertTriangle, IconListCheck, IconPlayerStop } from "@tabler/icons-react";
import { type ReactNode, useMemo, useRef, useState } from "react";
import { runQuery } from "../../api/queries";
import { Banner } from "../../components/Banner";
import { DataTable, type DataTableHandle } from "../../components/data-table/DataTable";
import { listQuery } from "../../components/data-table/listQuery";
import { TableToolbar } from "../../components/data-table/TableToolbar";
import { EmptyState } from "../../components/EmptyState";
import { ErrorPanel } from "../../components/ErrorPanel";
import type { RunSearch } from "../../components/listSearch";
import { nameOf } from "../../components/operation/words";
import { PageHead, Split } from "../../components/Page";
import { Badge } from "../../components/Status";
import { Time } from "../../components/Time";
import { formatCount } from "../../lib/format";
import type { RunOperationRow, RunView } from "../../platform";
import { runOperationColumns } from "./columns";
import { Differences } from "./Differences";
import { runWord, type Segment, segmentFilter, segmentOf } from "./model";
import { useRunOperations, useStopRun } from "./queries";
import { RunProgressHead } from "./RunProgressHead";
import classes from "./RunPage.module.css";
import { texts } from "./texts";

type Props = { connectionId: string; runId: string; search: RunSearch; onSearch: (change: Partial<RunSearch>) => void };

export function RunPage({ connectionId, runId, search, onSearch }: Props) {
  const run = useQuery(runQuery(runId));
  const crumb = (
    <Link to="/c/$connection/runs" params={{ connection: connectionId }}>
      {texts.title}
    </Link>
  );
  if (run.error) {
    return (
      <>
        <PageHead title="Run" crumb={crumb} />
        <ErrorPanel error={run.error} onRetry={() => void run.refetch()} />
      </>
    );
  }
  if (!run.data) return <PageHead title="Run" crumb={crumb} />;
  return <Loaded run={run.data} crumb={crumb} connectionId={connectionId} search={search} onSearch={onSearch} />;
}

function Loaded({ run, crumb, connectionId, search, onSearch }: { run: RunView; crumb: ReactNode; connectionId: string; search: RunSearch; onSearch: (change: Partial<RunSearch>) => void }) {
  const stop = useStopRun(run.run_id);
  const word = runWord(run);
  const isRunning = run.state === "running";
  return (
    <>
      <PageHead
        title={`Run ${run.number}`}
        crumb={crumb}
        badge={<Badge icon={word.icon} tone={word.tone}>{word.word}</Badge>}
        sub={
          <span className="fs12">
            started <Time iso={run.started_at} /> by {run.started_by},{" "}
            <Link to="/c/$connection/plan" params={{ connection: connectionId }} className="t2">
              plan {run.plan_number}
            </Link>
          </span>
        }
        actions={
          isRunning && (
            <Button size="compact-sm" c="var(--bad)" bd="1px solid var(--bad-line)" disabled={stop.isPending || stop.isSuccess} leftSection={<IconPlayerStop size={16} stroke={1.75} aria-hidden />} onClick={() => stop.mutate()}>
              {stop.isPending || stop.isSuccess ? texts.stopping : texts.stop}
            </Button>
          )
        }
      />
      {stop.error && <ErrorPanel error={stop.error} />}
      <RunProgressHead run={run} onFilter={(change) => onSearch({ kind: undefined, state: undefined, ...change })} />
      {run.problem && (
        <div className={classes["banner"]}>
          <Banner icon={IconAlertTriangle} tone={run.state === "stopped" ? "warn" : "bad"} title={run.state === "stopped" ? "The run was stopped" : "The run met a problem"}>
            <p>{run.problem}</p>
          </Banner>
        </div>
      )}
      <Differences run={run} />
      <Operations run={run} search={search} onSearch={onSearch} />
    </>
  );
}

function Operations({ run, search, onSearch }: { run: RunView; search: RunSearch; onSearch: (change: Partial<RunSearch>) => void }) {
  const { kind, state } = search;
  const query = useMemo(() => listQuery(search, { kind, state }), [search, kind, state]);
  const windows = useRunOperations(run.run_id, query);
  const table = useRef<DataTableHandle>(null);
  const [isFollowing, setFollowing] = useState(true);
  const { progress } = run;
  const isRunning = run.state === "running";
  const waiting = progress.waiting + progress.retrying + progress.in_flight;
  const skipped = progress.total - progress.done - progress.failed - waiting;
  const segments: readonly (readonly [Segment, string, number])[] = [
    ["all", texts.all, progress.total],
    ["failed", texts.failed, progress.failed],
    ...(isRunning ? ([["waiting", texts.waiting, waiting]] as const) : []),
    ...(!isRunning && skipped > 0 ? ([["skipped", texts.skipped, skipped]] as const) : []),
  ];
  return (
    <Split isPanelOpen={false}>
      <div className="stack grow">
        <TableToolbar
          label={texts.operationFilter}
          placeholder={texts.operationPlaceholder}
          filter={search.q ?? ""}
          onFilter={(q) => onSearch({ q: q || undefined })}
          onLeave={() => table.current?.focusRow()}
          counters={isRunning && <Switch label={texts.follow} labelPosition="right" checked={isFollowing} onChange={() => setFollowing(!isFollowing)} />}
        >
          <SegmentedControl
            aria-label="Show"
            value={segmentOf(state)}
            onChange={(value) => onSearch({ state: segmentFilter(value as Segment), kind: undefined })}
            data={segments.map(([value, label, count]) => ({ value, label: <span className="num">{label}&ensp;{formatCount(count)}</span> }))}
          />
        </TableToolbar>
        <DataTable<RunOperationRow>
          ref={table}
          label={`Operations of run ${run.number}`}
          columns={runOperationColumns}
          windows={windows}
          rowKey={keyOf}
          rowLabel={labelOf}
          lines="one"
          visibility={noChoice}
          isRowFailed={isFailed}
          followIndex={isRunning && isFollowing && state === undefined ? progress.done + progress.failed : undefined}
          listKey={JSON.stringify(query)}
          empty={
            <EmptyState icon={IconListCheck} title="No operation here">
              {progress.total === 0 ? "The plan had nothing that was ready to send." : "None of this run’s operations is in this state."}
            </EmptyState>
          }
        />
      </div>
    </Split>
  );
}

const noChoice = {};
const keyOf = (row: RunOperationRow) => row.id;
const labelOf = (row: RunOperationRow) => nameOf(row.subject);
const isFailed = (row: RunOperationRow) => row.state === "failed";
