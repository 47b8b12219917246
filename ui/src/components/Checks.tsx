import { IconCircleCheck, IconCircleX } from "@tabler/icons-react";
import type { Check } from "../platform";
import { Side } from "./Side";
import classes from "./Checks.module.css";

/** A connection test, line by line; what failed says what to do. */
export function Checks({ checks }: { checks: readonly Check[] }) {
  return (
    <ul className={`checks ${classes["checks"]}`} aria-label="Test results">
      {checks.map((check) => (
        <li key={check.name}>
          {check.ok ? <IconCircleCheck className="i c-ok" size={16} stroke={1.75} aria-label="Passed" /> : <IconCircleX className="i c-bad" size={16} stroke={1.75} aria-label="Failed" />}
          <Side of={sideOf(check)} />
          <span className="grow">
            <span className="sr">{sideOf(check) === "jumpcloud" ? "JumpCloud: " : "Atlassian: "}</span>
            {check.text}
            {check.remedy && <span className={classes["remedy"]}>{check.remedy}</span>}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** The names of checks begin with the side that they ask. */
const sideOf = ({ name }: Check) => (name.startsWith("jumpcloud") ? "jumpcloud" : "atlassian");
