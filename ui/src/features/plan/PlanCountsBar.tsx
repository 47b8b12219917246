import { meaning } from "../../components/icons";
import { formatCount } from "../../lib/format";
import type { PlanCounts } from "../../platform";
import type { Chip } from "./model";
import classes from "./PlanPage.module.css";

const chips = [
  { chip: "create", icon: meaning.create, tone: "c-ok" },
  { chip: "update", icon: meaning.update, tone: "c-3" },
  { chip: "deactivate", icon: meaning.deactivate, tone: "c-bad" },
  { chip: "delete", icon: meaning.delete, tone: "c-bad" },
] as const;

/** The counts are filters; the underlined one is in force. */
export function PlanCountsBar({ counts, active, onChoose }: { counts: PlanCounts; active: Chip | null; onChoose: (chip: Chip) => void }) {
  const Held = meaning.held;
  return (
    <div className={classes["counts"]} role="group" aria-label="Operations by kind">
      <button type="button" className="inset" aria-pressed={active === "all"} onClick={() => onChoose("all")}>
        <b>{formatCount(counts.all)}</b>
        <span>all</span>
      </button>
      <span className={classes["divider"]} />
      {chips.map(({ chip, icon: Icon, tone }) => (
        <button key={chip} type="button" className="inset" aria-pressed={active === chip} onClick={() => onChoose(chip)}>
          <b>{formatCount(counts[chip])}</b>
          <span>
            <Icon className={`i ${counts[chip] > 0 ? tone : "c-3"}`} size={14} stroke={2} aria-hidden />
            {chip}
          </span>
        </button>
      ))}
      <span className={classes["divider"]} />
      <button type="button" className="inset" aria-pressed={active === "held"} onClick={() => onChoose("held")}>
        <b>{formatCount(counts.held)}</b>
        <span>
          <Held className={`i ${counts.held > 0 ? "c-warn" : "c-3"}`} size={14} stroke={2} aria-hidden />
          held
        </span>
      </button>
    </div>
  );
}
