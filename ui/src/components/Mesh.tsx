import classes from "./Mesh.module.css";
import { Side } from "./Side";

/** The two rules, ticks that mesh: both sides in step. */
export function Mesh() {
  return (
    <div className={classes["mesh"]} aria-hidden>
      <span>
        <Side of="jumpcloud" />
        JumpCloud
      </span>
      <i />
      <span>
        <Side of="atlassian" />
        Atlassian
      </span>
      <i />
    </div>
  );
}
