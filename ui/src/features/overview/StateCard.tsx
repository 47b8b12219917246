import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { IconAlertTriangle, IconCheck, IconHandStop, IconLoader2, IconPlayerPause, IconRefresh } from "@tabler/icons-react";
import { Time } from "../../components/Time";
import { StatusWord } from "../../components/Status";
import { formatCount } from "../../lib/format";
import { plural } from "../../lib/plural";
import type { Overview, RunView } from "../../platform";
import { type Headline, headline } from "./model";
import { RuleMesh } from "./RuleMesh";
import classes from "./OverviewPage.module.css";
import { texts } from "./texts";

const marks: Record<Headline["kind"], { className: string; icon: typeof IconCheck }> = {
  unread: { className: "", icon: IconRefresh },
  reading: { className: "", icon: IconLoader2 },
  running: { className: "", icon: IconLoader2 },
  waits: { className: "att", icon: IconHandStop },
  "in-step": { className: "done", icon: IconCheck },
  paused: { className: "bad", icon: IconPlayerPause },
  incomplete: { className: "att", icon: IconAlertTriangle },
};

/** The one thing that matters now, how far the sides are in step, and how the last run ended. */
export function StateCard({ overview, onRead, isReading }: { overview: Overview; onRead: () => void; isReading: boolean }) {
  const said = headline(overview);
  const { className, icon: Icon } = marks[said.kind];
  const connection = overview.connection.connection_id;
  const run = overview.last_run;
  return (
    <section className={`card ${classes["state"]}`} aria-labelledby="state">
      <div className={classes["stateHead"]}>
        <span className={`mk ${className}`}>
          <Icon className={said.kind === "reading" || said.kind === "running" ? "spin" : ""} size={15} stroke={2} aria-hidden />
        </span>
        <div className="grow">
          <h2 id="state">{said.title}</h2>
          <p className="t2">{said.text}</p>
        </div>
        {said.kind === "waits" && (
          <Button variant="filled" renderRoot={(props) => <Link {...props} to="/c/$connection/plan" params={{ connection }} />}>
            {texts.review}
          </Button>
        )}
        {(said.kind === "unread" || said.kind === "incomplete") && (
          <Button variant="filled" disabled={isReading} onClick={onRead}>
            {isReading ? texts.reading : texts.readBoth}
          </Button>
        )}
        {said.kind === "paused" && (
          <Button variant="filled" renderRoot={(props) => <Link {...props} to="/c/$connection/settings" params={{ connection }} />}>
            {texts.enterKey}
          </Button>
        )}
        {said.kind === "running" && run && (
          <Button renderRoot={(props) => <Link {...props} to="/c/$connection/runs/$run" params={{ connection, run: run.run_id }} />}>Watch run {run.number}</Button>
        )}
      </div>
      {overview.plan && <RuleMesh overview={overview} plan={overview.plan} />}
      {run && run.state !== "running" && <LastRun run={run} connection={connection} />}
    </section>
  );
}

function LastRun({ run, connection }: { run: RunView; connection: string }) {
  const { progress } = run;
  const bad = run.state === "partial" || run.state === "stopped";
  const word = { converged: "Success", nothing_to_do: "Nothing to do", partial: "Warning", stopped: "Stopped", running: "Running" }[run.state];
  return (
    <div className={classes["lastRun"]}>
      <StatusWord icon={bad ? "warning" : "success"} tone={bad ? "warn" : "ok"}>
        <span>
          Last run {run.number} at <Time iso={run.ended_at ?? run.started_at} />: <b className="med t1">{word}</b>
        </span>
      </StatusWord>
      <span className="num">
        {formatCount(progress.done)} of {plural(progress.total, "operation")}
      </span>
      <span className="num">{plural(run.differences.length, "difference")} after</span>
      <Link className="end med" to="/c/$connection/runs/$run" params={{ connection, run: run.run_id }}>
        Open run {run.number}
      </Link>
    </div>
  );
}
