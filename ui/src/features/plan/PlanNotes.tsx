import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { IconAlertTriangle, IconInfoCircle } from "@tabler/icons-react";
import { Banner } from "../../components/Banner";
import { nameOf } from "../../components/operation/words";
import { plural } from "../../lib/plural";
import type { PlanView } from "../../platform";
import classes from "./PlanPage.module.css";

/** Conflicts and findings, folded: what they hold is in the table, and the table must stay above the fold. */
export function PlanNotes({ connectionId, plan }: { connectionId: string; plan: PlanView }) {
  const open = plan.conflicts.filter((conflict) => conflict.decision === null);
  const findings = plan.findings.filter((finding) => !plan.guards.some((guard) => guard.code === finding.code));
  if (open.length + findings.length === 0) return null;
  const parts = [open.length > 0 ? plural(open.length, "question for you", "questions for you") : "", findings.length > 0 ? plural(findings.length, "remark") : ""].filter(Boolean);
  return (
    <details className={classes["notes"]}>
      <summary>
        {open.length > 0 ? <IconAlertTriangle className="i c-warn" size={16} stroke={1.75} aria-hidden /> : <IconInfoCircle className="i c-3" size={16} stroke={1.75} aria-hidden />}
        <b className="med">{parts.join(", ")}</b>
        <span className="t2 cut grow">{(open[0]?.text ?? findings[0]?.text) || ""}</span>
        <span className={classes["unfold"]}>Show all</span>
        <span className={classes["fold"]}>Fold</span>
      </summary>
      <ul>
        {open.map((conflict) => (
          <li key={conflict.id}>
            <Banner
              tone="warn"
              icon={IconAlertTriangle}
              title={nameOf(conflict.subject)}
              actions={
                <Button size="compact-sm" renderRoot={(props) => <Link {...props} to="/c/$connection/review" params={{ connection: connectionId }} search={{ open: conflict.id }} />}>
                  Review
                </Button>
              }
            >
              <p>{conflict.text}</p>
              <p>Held until it is decided. Nothing is done about it by approving this plan.</p>
            </Banner>
          </li>
        ))}
        {findings.map((finding, index) => (
          <li key={`${finding.code}-${index}`}>
            <Banner tone={finding.severity === "error" ? "bad" : finding.severity === "warning" ? "warn" : "neutral"} icon={finding.severity === "info" ? IconInfoCircle : IconAlertTriangle} title={finding.text}>
              {finding.subjects.length > 0 && <p className="cut">{finding.subjects.join(", ")}</p>}
            </Banner>
          </li>
        ))}
      </ul>
    </details>
  );
}
