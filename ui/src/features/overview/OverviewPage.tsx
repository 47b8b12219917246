import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { IconAlertTriangle, IconArrowsDiff, IconCheck, IconGauge, IconGitCompare, IconHourglass, IconKey, IconListCheck, IconRefresh, IconShieldHalf } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { overviewQuery } from "../../api/queries";
import { useRefresh, useStopJob } from "../../api/useRefresh";
import { Count } from "../../components/Count";
import { ErrorPanel } from "../../components/ErrorPanel";
import { JobError } from "../../components/JobError";
import { JobProgress } from "../../components/JobProgress";
import { Meter } from "../../components/Meter";
import { notifyError } from "../../components/notify";
import { PageBody, PageHead } from "../../components/Page";
import { Badge } from "../../components/Status";
import { Time } from "../../components/Time";
import { formatCount } from "../../lib/format";
import { locale } from "../../lib/locale";
import { plural } from "../../lib/plural";
import { useNow } from "../../lib/useNow";
import type { KeyStatus, Overview } from "../../platform";
import { EventsChart } from "./EventsChart";
import { byDay, doneCount, everyDay } from "./model";
import classes from "./OverviewPage.module.css";
import { StateCard } from "./StateCard";
import { texts } from "./texts";

export function OverviewPage({ connectionId }: { connectionId: string }) {
  const overview = useQuery(overviewQuery(connectionId));
  const refresh = useRefresh(connectionId);
  const stop = useStopJob(connectionId);
  const now = useNow();
  const job = overview.data?.job ?? null;
  const isReading = job?.kind === "refresh" || refresh.isPending;
  const read = () => refresh.mutate(undefined, { onError: notifyError });
  return (
    <>
      <PageHead
        title={texts.title}
        sub={<span className="num">{now.toLocaleDateString(locale, { weekday: "short", day: "numeric", month: "short" })}</span>}
        actions={
          overview.data?.plan && (
            <Button size="compact-sm" disabled={job !== null || refresh.isPending} leftSection={<IconRefresh className={isReading ? "spin" : ""} size={16} stroke={1.75} aria-hidden />} onClick={read}>
              {isReading ? texts.reading : texts.readAgain}
            </Button>
          )
        }
      />
      <PageBody>
        {overview.error ? (
          <ErrorPanel error={overview.error} onRetry={() => void overview.refetch()} />
        ) : overview.data ? (
          <div className={classes["grid"]}>
            <JobErrorRow connectionId={connectionId} onRetry={read} />
            {job?.kind === "refresh" && !overview.data.plan ? (
              <div className={classes["wide"]}>
                <JobProgress job={job} onStop={() => stop.mutate()} />
              </div>
            ) : (
              <>
                <StateCard overview={overview.data} onRead={read} isReading={isReading} />
                <Waiting overview={overview.data} />
              </>
            )}
            <Sides overview={overview.data} />
            <Keys keys={overview.data.connection.keys} connection={connectionId} />
            <UserLimit overview={overview.data} />
            <Guards overview={overview.data} />
            <EventsChart days={everyDay(overview.data.event_days, now)} />
            <Ahead overview={overview.data} />
            {!isSetUp(overview.data) && <SetUp overview={overview.data} />}
          </div>
        ) : null}
      </PageBody>
    </>
  );
}

function JobErrorRow(props: { connectionId: string; onRetry: () => void }) {
  return (
    <div className={classes["jobError"]}>
      <JobError {...props} />
    </div>
  );
}

type WaitingItem = { key: string; icon: typeof IconListCheck; title: string; text: string; count: number; tone: "neutral" | "warn" | "bad"; to: "/c/$connection/plan" | "/c/$connection/review" | "/c/$connection/runs" | "/c/$connection/people"; search?: Record<string, string[]> };

function waitingItems({ plan, open_conflicts, waiting_conflicts, failed_operations }: Overview): WaitingItem[] {
  const items: WaitingItem[] = [];
  if (plan && plan.state === "open" && plan.counts.all > 0) {
    const { ready, held, irreversible } = plan.counts;
    items.push({ key: "plan", icon: IconListCheck, title: `Plan ${plan.number}`, text: [ready > 0 ? `${formatCount(ready)} ready` : "", held > irreversible ? `${formatCount(held - irreversible)} held` : "", irreversible > 0 ? `${formatCount(irreversible)} irreversible` : ""].filter(Boolean).join(", "), count: plan.counts.all, tone: "warn", to: "/c/$connection/plan" });
  }
  if (open_conflicts > 0) items.push({ key: "conflicts", icon: IconGitCompare, title: "Review groups", text: "Conflicts, held until you decide", count: open_conflicts, tone: "warn", to: "/c/$connection/review" });
  if (waiting_conflicts > 0) items.push({ key: "waiting", icon: IconHourglass, title: "Waiting for Atlassian", text: "To be accepted in its console", count: waiting_conflicts, tone: "neutral", to: "/c/$connection/review", search: { status: ["waiting"] } });
  if (failed_operations > 0) items.push({ key: "failed", icon: IconAlertTriangle, title: "Failed operations", text: "Taken up again by the next plan", count: failed_operations, tone: "bad", to: "/c/$connection/runs" });
  return items;
}

function Waiting({ overview }: { overview: Overview }) {
  const items = waitingItems(overview);
  return (
    <section className={`card ${classes["waiting"]}`} aria-labelledby="waiting">
      <div className="card-h">
        <h2 id="waiting">{texts.waiting}</h2>
      </div>
      {items.length === 0 ? (
        <p className="card-b t2">{texts.nothingWaits}</p>
      ) : (
        <ul>
          {items.map(({ key, icon: Icon, title, text, count, tone, to, search }) => (
            <li key={key}>
              <Link className="inset" to={to} params={{ connection: overview.connection.connection_id }} search={search ?? {}}>
                <Icon className="i c-3" size={16} stroke={1.75} aria-hidden />
                <span className="two-l grow">
                  <span className="med">{title}</span>
                  <small>{text}</small>
                </span>
                <Count value={count} tone={tone} />
              </Link>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Figure({ icon: Icon, title, badge, figure, small, children }: { icon: typeof IconKey; title: string; badge?: ReactNode; figure: ReactNode; small?: ReactNode; children: ReactNode }) {
  return (
    <section className={`card ${classes["figure"]}`} aria-label={title}>
      <h2>
        <Icon className="i" size={14} stroke={2} aria-hidden />
        {title}
        {badge && <span className="end">{badge}</span>}
      </h2>
      <p className="fig">
        {figure} {small && <small>{small}</small>}
      </p>
      {children}
    </section>
  );
}

function Sides({ overview: { plan, read_at } }: { overview: Overview }) {
  return (
    <Figure icon={IconArrowsDiff} title={texts.bothSides} figure={plan ? formatCount(plan.target.people) : "–"} small={plan ? "people in Atlassian" : "not read yet"}>
      <p className="num cut">{plan ? `${formatCount(plan.source.people)} in JumpCloud, ${plural(plan.source.groups, "group")}` : "Read both sides to compare them"}</p>
      <p>{read_at ? <>Read <Time iso={read_at} as="age" /></> : "Reading writes nothing"}</p>
    </Figure>
  );
}

const keyNames: Record<KeyStatus["kind"], string> = { jumpcloud: "JumpCloud", scim: "SCIM", organisation: "Organisation" };

function Keys({ keys, connection }: { keys: readonly KeyStatus[]; connection: string }) {
  const needed = keys.filter((key) => key.kind !== "organisation" || key.is_stored);
  const stored = needed.filter((key) => key.is_stored);
  const missing = needed.filter((key) => !key.is_stored);
  return (
    <Figure icon={IconKey} title={texts.keys} badge={missing.length > 0 ? <Badge icon="warning" tone="warn">Missing</Badge> : undefined} figure={stored.length} small={`of ${needed.length} stored`}>
      <p className="cut">{missing.length > 0 ? `Enter the key of ${missing.map((key) => keyNames[key.kind]).join(" and ")}` : stored.map((key) => keyNames[key.kind]).join(", ")}</p>
      <Link to="/c/$connection/settings" params={{ connection }} className={`fs12 med ${classes["alone"]}`}>
        Open settings
      </Link>
    </Figure>
  );
}

function UserLimit({ overview: { directory_users, user_limit, planned_new_users, plan } }: { overview: Overview }) {
  const free = Math.max(0, user_limit - directory_users);
  const isShort = planned_new_users > free;
  return (
    <Figure icon={IconGauge} title={texts.userLimit} badge={isShort ? <Badge icon="warning" tone="warn">Too small</Badge> : undefined} figure={formatCount(directory_users)} small={`of ${formatCount(user_limit)}`}>
      <Meter
        parts={[
          { share: user_limit === 0 ? 0 : directory_users / user_limit, tone: isShort ? "warn" : "accent" },
          { share: user_limit === 0 ? 0 : Math.min(planned_new_users, free) / user_limit, tone: "accent-2" },
        ]}
        label={`${formatCount(directory_users)} of ${formatCount(user_limit)} used, ${planned_new_users} more planned`}
      />
      <p className="row between num">
        <span>{formatCount(free)} free</span>
        {planned_new_users > 0 && plan && (
          <span>
            +{formatCount(planned_new_users)} in plan {plan.number}
          </span>
        )}
      </p>
    </Figure>
  );
}

function Guards({ overview: { connection } }: { overview: Overview }) {
  const { guards, protected_people, protected_groups } = connection.draft.policy;
  const most = guards.max_deactivations ?? 25;
  return (
    <Figure icon={IconShieldHalf} title={texts.guards} figure={most} small="deactivations at most">
      <p className="num cut">
        or {guards.max_deactivation_share ?? 10} % of people, {guards.max_removal_share ?? 20} % of members
      </p>
      <p className="num cut">{protected_people.length + protected_groups.length === 0 ? "Nobody is protected" : `${plural(protected_people.length, "person", "people")} and ${plural(protected_groups.length, "group")} protected`}</p>
    </Figure>
  );
}

const DAYS_AHEAD = 14;
const DAYS_NAMED = 4;

function Ahead({ overview }: { overview: Overview }) {
  const { expiring_passwords, connection } = overview;
  const now = useNow();
  const days = byDay(expiring_passwords);
  const perDay = Array.from({ length: DAYS_AHEAD }, (_, index) => {
    const date = new Date(now.getTime() + index * 86_400_000).toISOString().slice(0, 10);
    return { date, count: days.find((day) => day.date === date)?.people.length ?? 0 };
  });
  return (
    <section className={`card ${classes["ahead"]}`} data-wide={isSetUp(overview) || undefined} aria-labelledby="ahead">
      <div className="card-h">
        <h2 id="ahead">{texts.ahead}</h2>
        {expiring_passwords.length > 0 && <span className="end"><Count value={expiring_passwords.length} /></span>}
      </div>
      <div className="card-b">
        {days.length === 0 ? (
          <p className="t2">{texts.aheadNone}</p>
        ) : (
          <>
            <p className="fs12 t2">{texts.aheadText}</p>
            <div className={classes["calendar"]} role="img" aria-label={days.map((day) => `${day.date}: ${day.people.length}`).join(", ")}>
              {perDay.map((day) => (
                <div key={day.date}>
                  {Array.from({ length: Math.min(3, day.count) }, (_, index) => (
                    <i key={index} />
                  ))}
                </div>
              ))}
            </div>
            <ul>
              {days.slice(0, DAYS_NAMED).map((day) => (
                <li key={day.date}>
                  <time dateTime={day.date}>{new Date(`${day.date}T12:00:00`).toLocaleDateString(locale, { weekday: "short", day: "numeric", month: "short" })}</time>
                  <span className="cut">
                    {day.people.map((person, index) => (
                      <span key={person.key}>
                        {index > 0 && ", "}
                        <Link className="t1" to="/c/$connection/people/$person" params={{ connection: connection.connection_id, person: person.key }}>
                          {person.name}
                        </Link>
                      </span>
                    ))}
                  </span>
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
    </section>
  );
}

/** The checklist has done its work once everything on it is done. */
const isSetUp = ({ checklist }: Overview) => doneCount(checklist) === checklist.length;

function SetUp({ overview: { checklist } }: { overview: Overview }) {
  return (
    <section className={`card ${classes["setup"]}`} aria-labelledby="setup">
      <div className="card-h">
        <h2 id="setup">{texts.setUp}</h2>
        <span className="end t2 num">
          {doneCount(checklist)} of {checklist.length}
        </span>
      </div>
      <ol className="card-b">
        {checklist.map((item, index) => (
          <li key={item.name}>
            <span className={`mk ${item.state === "done" ? "done" : item.state === "attention" ? "att" : ""}`}>{item.state === "done" ? <IconCheck size={11} stroke={3} aria-hidden /> : item.state === "attention" ? "!" : index + 1}</span>
            <span>
              <span className={item.state === "done" ? "t2" : "med"}>{item.title}</span>
              <span className="sr"> {item.state === "done" ? "done" : item.state === "attention" ? "needs attention" : "not yet"}</span>
              {item.detail && <small>{item.detail}</small>}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
