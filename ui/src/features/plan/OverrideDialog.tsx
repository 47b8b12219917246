import { Button, Modal, Textarea } from "@mantine/core";
import { useState } from "react";
import { plural } from "../../lib/plural";
import type { GuardView } from "../../platform";
import { namesOf } from "./model";
import classes from "./PlanPage.module.css";
import { texts } from "./texts";

/** Consequence first, number second; the safe button has the focus. */
export function OverrideDialog({ guard, onClose, onConfirm }: { guard: GuardView | null; onClose: () => void; onConfirm: (reason: string) => void }) {
  const [reason, setReason] = useState("");
  const [isMissing, setMissing] = useState(false);
  return (
    <Modal opened={guard !== null} onClose={onClose} title={texts.overrideTitle}>
      <p className="t2">
        Approving will then also send the {guard ? plural(guard.held, "operation") : ""} that this guard holds{guard && guard.names.length > 0 ? `: ${namesOf(guard)}` : ""}.
      </p>
      <Textarea
        mt={14}
        label={texts.overrideReason}
        description={texts.overrideReasonHint}
        value={reason}
        error={isMissing && reason.trim() === "" ? texts.overrideReasonMissing : undefined}
        onChange={(event) => setReason(event.currentTarget.value)}
        autosize
        minRows={2}
      />
      <div className={classes["dialogActions"]}>
        <Button onClick={onClose} data-autofocus>
          {texts.keepGuard}
        </Button>
        <Button variant="filled" onClick={() => (reason.trim() === "" ? setMissing(true) : onConfirm(reason.trim()))}>
          {texts.doOverride}
        </Button>
      </div>
    </Modal>
  );
}
