import { Link } from "@tanstack/react-router";
import { kindsOfGroup } from "../../components/operation/words";
import { Side } from "../../components/Side";
import { formatCount } from "../../lib/format";
import type { Overview, PlanView } from "../../platform";
import { meshShares } from "./model";
import classes from "./OverviewPage.module.css";

/** How much of the rule before the break is given to those in step. */
const IN_STEP_SHARE = 0.3;
const TICK = 6;

/** A column of whole ticks: at a fraction of a pixel some ticks would be drawn thicker than others. */
function column(share: number, parts: number): string {
  const fixed = 92 + (parts > 0 ? 18 : 0) + TICK * (parts + (parts > 0 ? 2 : 1));
  return `round(down, calc((100% - ${fixed}px) * ${share.toFixed(3)}), ${TICK}px)`;
}

/** Two rules whose ticks mesh: in step, differing, only on one side. Not to scale after the break. */
export function RuleMesh({ overview, plan }: { overview: Overview; plan: PlanView }) {
  const isOpen = plan.state === "open";
  const { update, create, deactivate, delete: gone } = plan.counts;
  const losing = deactivate + gone;
  const counts = isOpen ? { update, create, deactivate: losing } : { update: 0, create: 0, deactivate: 0 };
  const shares = meshShares(counts.update, counts.create, counts.deactivate);
  const connection = overview.connection.connection_id;
  const parts = [
    { key: "update", share: shares.update, count: counts.update, text: "differ, to update", source: classes["differSource"], target: classes["differTarget"], kinds: kindsOfGroup("update") },
    { key: "create", share: shares.create, count: counts.create, text: "to create", source: classes["onlySource"], target: classes["nothing"], kinds: kindsOfGroup("create") },
    { key: "deactivate", share: shares.deactivate, count: counts.deactivate, text: gone > 0 ? "deactivate, delete" : "to deactivate", source: classes["nothing"], target: classes["onlyTarget"], kinds: [...kindsOfGroup("deactivate"), ...kindsOfGroup("delete")] },
  ].filter((part) => part.count > 0);
  const columns = ["92px", column(parts.length === 0 ? 1 : IN_STEP_SHARE, parts.length), ...(parts.length > 0 ? ["18px"] : []), ...parts.map((part) => column((1 - IN_STEP_SHARE) * part.share, parts.length))].join(" ");
  const same = overview.in_step > 0 ? classes["same"] : classes["nothing"];
  return (
    <div className={classes["mesh"]} style={{ gridTemplateColumns: columns }} role="group" aria-label="How far the two sides are in step">
      <span className={classes["side"]}>
        <Side of="jumpcloud" />
        JumpCloud
      </span>
      <i className={same} />
      {parts.length > 0 && <Break />}
      {parts.map((part) => (
        <i key={part.key} className={part.source} />
      ))}
      <span className={classes["side"]}>
        <Side of="atlassian" />
        Atlassian
      </span>
      <i className={same} />
      {parts.length > 0 && <Break />}
      {parts.map((part) => (
        <i key={part.key} className={part.target} />
      ))}
      <span />
      <Link to="/c/$connection/people" params={{ connection }} search={{ sync_state: ["in_sync"] }}>
        <b>{formatCount(overview.in_step)}</b>people in step
      </Link>
      {parts.length > 0 && <span />}
      {parts.map((part) => (
        <Link key={part.key} to="/c/$connection/plan" params={{ connection }} search={{ kind: part.kinds }}>
          <b>{formatCount(part.count)}</b>
          {part.text}
        </Link>
      ))}
    </div>
  );
}

function Break() {
  return (
    <span className={classes["break"]} aria-hidden>
      <svg viewBox="0 0 14 16">
        <path d="M2 15 7 1M7 15 12 1" />
      </svg>
    </span>
  );
}
