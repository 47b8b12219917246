import { Button } from "@mantine/core";
import { IconLoader2, IconPlayerStop } from "@tabler/icons-react";
import { formatCount, formatEstimate } from "../lib/format";
import type { JobView } from "../platform";
import classes from "./JobProgress.module.css";
import { MeterParts } from "./Meter";

/** What goes on in the background: the step, how far, how long, and a way to stop it. */
export function JobProgress({ job, onStop }: { job: JobView; onStop: () => void }) {
  const share = job.total === null || job.total === 0 ? null : job.done / job.total;
  return (
    <section className={classes["job"]} aria-label="Progress">
      <div className="row">
        <IconLoader2 className="i c-acc spin" size={20} stroke={1.75} aria-hidden />
        <b className="semi">{job.step}</b>
        <span className="t2 num end">{job.seconds_left === null ? "" : `${formatEstimate(job.seconds_left)} left`}</span>
      </div>
      <div className="bar" role="progressbar" aria-label={job.step} aria-valuemin={0} aria-valuemax={job.total ?? undefined} aria-valuenow={share === null ? undefined : job.done}>
        <MeterParts parts={[{ share: share ?? 0, tone: "accent" }]} />
      </div>
      <div className="row">
        <span className="t2 fs12 num">{job.total === null ? `${formatCount(job.done)} read` : `${formatCount(job.done)} of ${formatCount(job.total)}`}</span>
        <Button className="end" size="compact-sm" leftSection={<IconPlayerStop size={16} stroke={1.75} aria-hidden />} onClick={onStop}>
          Stop
        </Button>
      </div>
    </section>
  );
}
