import { formatCount, formatShort } from "../../lib/format";
import classes from "./StayGainLose.module.css";

/** A bar for the shape, figures for the truth. */
export function StayGainLose({ stays, gains, loses }: { stays: number; gains: number; loses: number }) {
  return (
    <span className={classes["slg"]} title={`${formatCount(stays)} stay, ${formatCount(gains)} gain, ${formatCount(loses)} lose membership`}>
      <span className={classes["bar"]} aria-hidden>
        {stays > 0 && <i style={{ flexGrow: stays }} />}
        {gains > 0 && <i className={classes["gain"]} style={{ flexGrow: gains }} />}
        {loses > 0 && <i className={classes["lose"]} style={{ flexGrow: loses }} />}
      </span>
      <span className={classes["figures"]}>
        <span>
          {formatShort(stays)}
          <span className="sr"> stay,</span>
        </span>
        <span className={gains === 0 ? "t3" : ""}>
          +{formatShort(gains)}
          <span className="sr"> gain,</span>
        </span>
        <span className={loses === 0 ? "t3" : classes["negative"]}>
          −{formatShort(loses)}
          <span className="sr"> lose</span>
        </span>
      </span>
    </span>
  );
}
