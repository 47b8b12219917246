import { Button, Modal } from "@mantine/core";
import { IconGitCompare } from "@tabler/icons-react";
import { nameOf } from "../../components/operation/words";
import { ActionBar } from "../../components/Page";
import { formatCount } from "../../lib/format";
import { plural } from "../../lib/plural";
import type { ConflictRow } from "../../platform";
import dialog from "./ReviewPage.module.css";
import { bulkChoices, bulkConsequence, type BulkPlan, bulkPlan, bulkVerb, choiceEntry, type ChoiceName } from "./model";
import { texts } from "./texts";

/** Decides for all that are selected; the last is what takes access from nobody. */
export function BulkBar({ rows, isReadOnly, onChoose }: { rows: readonly ConflictRow[]; isReadOnly: boolean; onChoose: (choice: ChoiceName) => void }) {
  const plans = bulkChoices.map((choice) => bulkPlan(choice, rows));
  const keep = plans.find((plan) => plan.choice === "keep-others");
  return (
    <ActionBar
      icon={<IconGitCompare className="i c-acc" size={20} stroke={1.75} aria-hidden />}
      title={`Decide for ${plural(rows.length, "group")}`}
      actions={
        <>
          {plans.map(({ choice, fitting }, index) => (
            <Button key={choice} variant={index === 0 ? "subtle" : choice === "keep-others" ? "filled" : "default"} {...(index === 0 ? { color: "gray" } : {})} disabled={isReadOnly || fitting.length === 0} onClick={() => onChoose(choice)}>
              {choiceEntry(choice).word}
              {fitting.length > 0 && fitting.length < rows.length ? ` (${formatCount(fitting.length)})` : ""}
            </Button>
          ))}
        </>
      }
    >
      {keep && keep.fitting.length > 0 ? `“Keep the others” adds ${plural(keep.losing, "person", "people")} in JumpCloud first, as a step of its own` : texts.nothingSent}
    </ActionBar>
  );
}

const NAMED = 50;

/** Consequence first, number second, then every group by name. */
export function BulkDialog({ plan, isPending, onClose, onConfirm }: { plan: BulkPlan; isPending: boolean; onClose: () => void; onConfirm: () => void }) {
  const { fitting, others, choice } = plan;
  const count = plural(fitting.length, "group");
  return (
    <Modal opened onClose={onClose} title={`${choiceEntry(choice).word}: ${count}?`}>
      <p>{bulkConsequence(plan)}</p>
      {others.length > 0 && (
        <p className="t2" style={{ marginTop: 8 }}>
          Not for {plural(others.length, "group")} of the selection, which cannot be answered so: {others.slice(0, 3).map((row) => nameOf(row.subject)).join(", ")}
          {others.length > 3 ? ` and ${formatCount(others.length - 3)} more` : ""}.
        </p>
      )}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling region must be reachable by keyboard */}
      <ul className={dialog["names"]} aria-label="Groups" tabIndex={0}>
        {fitting.slice(0, NAMED).map((row) => (
          <li key={row.id}>
            <span className="cut med">{nameOf(row.subject)}</span>
            <span className="num">{lineOf(choice, row)}</span>
          </li>
        ))}
        {fitting.length > NAMED && (
          <li>
            <span className="t2">and {formatCount(fitting.length - NAMED)} more</span>
          </li>
        )}
      </ul>
      <p className="t2 fs12" style={{ marginTop: 12 }}>
        {texts.nothingSent}
      </p>
      <div className={dialog["dialogActions"]}>
        <Button onClick={onClose} data-autofocus>
          Cancel
        </Button>
        <Button variant="filled" loading={isPending} onClick={onConfirm}>
          {bulkVerb[choice] ?? "Decide"} {count}
        </Button>
      </div>
    </Modal>
  );
}

function lineOf(choice: ChoiceName, row: ConflictRow): string {
  if (choice === "take-over") return row.loses_access === null ? `−${row.loses}, access not visible` : row.loses_access === 0 ? `−${row.loses}, nobody loses access` : `−${row.loses}, ${plural(row.loses_access, "loses access", "lose access")}`;
  if (choice === "keep-others") return row.loses === 0 ? "nobody to add" : `+${row.loses} in JumpCloud`;
  return row.decision === null ? "" : `was: ${choiceEntry(row.decision).word}`;
}
