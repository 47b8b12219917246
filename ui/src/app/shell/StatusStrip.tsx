import { IconAlertTriangle, IconCircleCheck, IconFlask, IconKey, IconLoader2, IconLock, IconPlayerPause, IconRefresh } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { Time } from "../../components/Time";
import { formatEstimate } from "../../lib/format";
import { plural } from "../../lib/plural";
import type { ConnectionView, JobView, Overview, RunState, Session } from "../../platform";
import classes from "./Shell.module.css";

const runWord: Record<RunState, string> = { converged: "Success", partial: "Warning", stopped: "Stopped", running: "Running", nothing_to_do: "Nothing to do" };

export function StatusStrip({ session, connection, overview }: { session: Session; connection: ConnectionView; overview: Overview | undefined }) {
  const missing = connection.keys.filter((key) => key.kind !== "organisation" && !key.is_stored).length;
  const run = overview?.last_run;
  return (
    <div className={classes["strip"]}>
      <ConnectionWord connection={connection} />
      {connection.is_sandbox && (
        <span>
          <IconFlask className="i c-3" size={14} stroke={2} aria-hidden />
          Sandbox on this computer
        </span>
      )}
      {session.is_read_only && (
        <span className={classes["warning"]}>
          <IconLock className="i" size={14} stroke={2} aria-hidden />
          Read-only: another Lockstep is using this data
        </span>
      )}
      {run && (
        <span>
          {run.state === "running" ? (
            <>Run {run.number} is going on</>
          ) : (
            <>
              Last sync <b><Time iso={run.ended_at ?? run.started_at} /></b> {runWord[run.state]}
            </>
          )}
        </span>
      )}
      {missing > 0 && (
        <Link to="/c/$connection/settings" params={{ connection: connection.connection_id }} className={classes["warning"]}>
          <IconKey className="i" size={14} stroke={2} aria-hidden />
          {plural(missing, "key")} missing
        </Link>
      )}
      <span className={classes["stripEnd"]} role="status">
        {overview?.job ? <JobWord job={overview.job} /> : overview?.read_at ? <ReadWord readAt={overview.read_at} /> : <>Not read yet</>}
      </span>
    </div>
  );
}

function ConnectionWord({ connection }: { connection: ConnectionView }) {
  switch (connection.state) {
    case "active":
      return (
        <span>
          <IconCircleCheck className="i c-ok" size={14} stroke={2} aria-hidden />
          <b>Active</b>
        </span>
      );
    case "inactive":
      return (
        <span title="Plans can be made; nothing is applied until you approve the first one.">
          <IconPlayerPause className="i c-3" size={14} stroke={2} aria-hidden />
          <b>Not active yet</b>
        </span>
      );
    case "paused":
      return (
        <span className={classes["warning"]} title={connection.pause_reason ?? undefined}>
          <IconAlertTriangle className="i" size={14} stroke={2} aria-hidden />
          <b>Paused</b>
        </span>
      );
  }
}

function JobWord({ job }: { job: JobView }) {
  return (
    <>
      <IconLoader2 className="i c-acc spin" size={14} stroke={2} aria-hidden />
      {job.step}
      {job.seconds_left !== null && <span className="num">{formatEstimate(job.seconds_left)} left</span>}
    </>
  );
}

function ReadWord({ readAt }: { readAt: string }) {
  return (
    <>
      <IconRefresh className="i c-3" size={14} stroke={2} aria-hidden />
      <span>
        Both sides read <Time iso={readAt} as="age" />
      </span>
    </>
  );
}
