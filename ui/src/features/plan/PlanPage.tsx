import { useQuery } from "@tanstack/react-query";
import { Button } from "@mantine/core";
import { IconInfoCircle, IconListCheck, IconPlayerStop, IconRefresh } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { latestPlanQuery, overviewQuery } from "../../api/queries";
import { useRefresh, useStopJob } from "../../api/useRefresh";
import { Banner } from "../../components/Banner";
import { EmptyState } from "../../components/EmptyState";
import { ErrorPanel } from "../../components/ErrorPanel";
import { JobError } from "../../components/JobError";
import { JobProgress } from "../../components/JobProgress";
import type { PlanSearch } from "../../components/listSearch";
import { PageBody, PageHead } from "../../components/Page";
import { Time } from "../../components/Time";
import { plural } from "../../lib/plural";
import type { PlanView } from "../../platform";
import { standing } from "./model";
import classes from "./PlanPage.module.css";
import { PlanReview } from "./PlanReview";
import { texts } from "./texts";

type Props = { connectionId: string; search: PlanSearch; onSearch: (change: Partial<PlanSearch>) => void };

export function PlanPage({ connectionId, search, onSearch }: Props) {
  const plan = useQuery(latestPlanQuery(connectionId));
  const overview = useQuery(overviewQuery(connectionId));
  const refresh = useRefresh(connectionId);
  const stop = useStopJob(connectionId);
  const job = overview.data?.job ?? null;
  const [seen, setSeen] = useState<Pick<PlanView, "number" | "state"> | null>(null);
  const [isAwaited, setAwaited] = useState(false);
  // A plan that this person asked for, or that follows one which was done with, is no surprise.
  if (plan.data && !plan.isFetching && needsNoNotice(plan.data, seen, isAwaited)) {
    setSeen(plan.data);
    // Whoever comes while both sides are being read comes for what that will bring.
    setAwaited(seen === null && job?.kind === "refresh");
  }
  const compute = () => {
    setAwaited(true);
    refresh.mutate();
  };
  const isReading = job?.kind === "refresh" || refresh.isPending;

  const recompute = (
    <Button size="compact-sm" disabled={job !== null || refresh.isPending} leftSection={<IconRefresh className={isReading ? "spin" : ""} size={16} stroke={1.75} aria-hidden />} onClick={compute}>
      {isReading ? texts.computing : plan.data ? texts.recompute : texts.readBoth}
    </Button>
  );
  if (plan.error) return <Framed actions={recompute}><ErrorPanel error={plan.error} onRetry={() => void plan.refetch()} /></Framed>;
  if (plan.isPending) return <Framed>{null}</Framed>;
  if (plan.data === null) {
    return (
      <Framed>
        <PageBody>
          {job?.kind === "refresh" ? (
            <JobProgress job={job} onStop={() => stop.mutate()} />
          ) : (
            <EmptyState icon={IconListCheck} title={texts.noPlanTitle} action={<Button variant="filled" disabled={refresh.isPending} leftSection={<IconRefresh size={16} stroke={1.75} aria-hidden />} onClick={compute}>{texts.readBoth}</Button>}>
              {texts.noPlan}
            </EmptyState>
          )}
          {refresh.error && <ErrorPanel error={refresh.error} />}
          <JobError connectionId={connectionId} onRetry={compute} />
        </PageBody>
      </Framed>
    );
  }
  return (
    <>
      <PageHead
        title={`Plan ${plan.data.number}`}
        sub={<PlanSub plan={plan.data} />}
        actions={
          <>
            {job?.kind === "refresh" && (
              <Button size="compact-sm" leftSection={<IconPlayerStop size={16} stroke={1.75} aria-hidden />} onClick={() => stop.mutate()}>
                {texts.stop}
              </Button>
            )}
            {recompute}
          </>
        }
      />
      {refresh.error && <ErrorPanel error={refresh.error} />}
      <JobError connectionId={connectionId} onRetry={compute} />
      {seen !== null && seen.number !== plan.data.number && (
        <div className={classes["guard"]}>
          <Banner
            tone="accent"
            icon={IconInfoCircle}
            title={`Plan ${plan.data.number} has replaced plan ${seen.number}`}
            actions={
              <Button size="compact-sm" onClick={() => setSeen(plan.data)}>
                {texts.understood}
              </Button>
            }
          >
            <p>One of the sides changed while you were here. Only what this plan shows is approved.</p>
          </Banner>
        </div>
      )}
      {plan.data.counts.all === 0 ? (
        <PageBody>
          <EmptyState icon={IconListCheck} title={texts.inStepTitle}>
            Both sides are in step: {plural(plan.data.target.people, "person", "people")} and {plural(plan.data.target.groups, "group")} compared.
          </EmptyState>
        </PageBody>
      ) : (
        <PlanReview key={plan.data.plan_id} connectionId={connectionId} plan={plan.data} isBusy={job !== null} search={search} onSearch={onSearch} />
      )}
    </>
  );
}

function needsNoNotice(plan: PlanView, seen: Pick<PlanView, "number" | "state"> | null, isAwaited: boolean): boolean {
  if (seen === null) return true;
  if (seen.number === plan.number) return seen.state !== plan.state;
  return isAwaited || seen.state !== "open";
}

function Framed({ children, actions }: { children: ReactNode; actions?: ReactNode }) {
  return (
    <>
      <PageHead title="Plan" actions={actions} />
      {children}
    </>
  );
}

function PlanSub({ plan }: { plan: PlanView }) {
  const read = plan.source.complete && plan.target.complete ? "from a complete read" : "from an incomplete read";
  switch (standing(plan)) {
    case "applied":
      return (
        <>
          computed <Time iso={plan.created_at} />, applied
        </>
      );
    case "superseded":
      return (
        <>
          computed <Time iso={plan.created_at} />, replaced by a newer one
        </>
      );
    default:
      return (
        <>
          computed <Time iso={plan.created_at} /> {read}
        </>
      );
  }
}
