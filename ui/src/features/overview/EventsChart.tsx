import { formatCount } from "../../lib/format";
import type { EventDay } from "../../platform";
import { chartScale } from "./model";
import classes from "./OverviewPage.module.css";
import { texts } from "./texts";

const HEIGHT = 176;
const LABELS = 20;

/** Fourteen days of attempts; today in full colour, failures on top. */
export function EventsChart({ days }: { days: readonly EventDay[] }) {
  const success = days.reduce((sum, day) => sum + day.success, 0);
  const failure = days.reduce((sum, day) => sum + day.failure, 0);
  return (
    <section className={`card ${classes["events"]}`} aria-labelledby="events">
      <div className="card-h">
        <h2 id="events">{texts.events}</h2>
        <span className="t2">{texts.last14}</span>
        <span className="leg end">
          <span>
            <i style={{ background: "var(--chart-1)" }} />
            Success <b className="num med">{formatCount(success)}</b>
          </span>
          <span>
            <i style={{ background: "var(--chart-bad)" }} />
            Failed <b className="num med">{formatCount(failure)}</b>
          </span>
        </span>
      </div>
      <div className={`card-b ${classes["chart"]}`}>{success + failure === 0 ? <p className="t2">{texts.noEvents}</p> : <Bars days={days} />}</div>
    </section>
  );
}

function Bars({ days }: { days: readonly EventDay[] }) {
  const { top, lines } = chartScale(days);
  const y = (value: number) => HEIGHT - (value / top) * (HEIGHT - 1);
  const left = 6.5;
  const slot = (100 - left) / days.length;
  const width = slot * 0.56;
  return (
    <svg width="100%" height={HEIGHT + LABELS} role="img" aria-label={spoken(days)}>
      {lines.map((line) => (
        <g key={line}>
          <line x1="0" x2="100%" y1={y(line)} y2={y(line)} stroke="var(--line-soft)" />
          <text x="0" y={line === top ? 12 : y(line) - 5} className={classes["axis"]}>
            {formatCount(line)}
          </text>
        </g>
      ))}
      {days.map((day, index) => {
        const isToday = index === days.length - 1;
        const x = left + index * slot + (slot - width) / 2;
        const total = day.success + day.failure;
        return (
          <g key={day.date}>
            {day.success > 0 && <rect x={`${x}%`} y={y(day.success)} width={`${width}%`} height={Math.max(2, HEIGHT - y(day.success))} rx="2" fill={isToday ? "var(--chart-1)" : "var(--chart-2)"} />}
            {day.failure > 0 && <rect x={`${x}%`} y={Math.min(y(total), y(day.success) - 3)} width={`${width}%`} height={Math.max(2, y(day.success) - y(total) - 1)} rx="1" fill="var(--chart-bad)" />}
            <text x={`${x + width / 2}%`} y={HEIGHT + 16} textAnchor="middle" className={isToday ? classes["axisNow"] : classes["axis"]}>
              {Number(day.date.slice(8))}
            </text>
          </g>
        );
      })}
    </svg>
  );
}

function spoken(days: readonly EventDay[]): string {
  const failures = days.reduce((sum, day) => sum + day.failure, 0);
  const most = days.reduce((best, day) => (day.success + day.failure > best.success + best.failure ? day : best));
  return `Events per day from ${days[0]?.date} to ${days.at(-1)?.date}. Most on ${most.date}: ${most.success} succeeded, ${most.failure} failed. ${failures} failures in all.`;
}
