import { Button, Modal, TextInput } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useState } from "react";
import { nameOf } from "../../components/operation/words";
import type { OperationDetail } from "../../platform";
import classes from "./PlanPage.module.css";

/** Typing only for what cannot be undone. */
export function AllowDialog({ detail, onClose, onConfirm }: { detail: OperationDetail; onClose: () => void; onConfirm: () => void }) {
  const [typed, setTyped] = useState("");
  const name = nameOf(detail.row.subject);
  const what = detail.row.subject.type === "group" ? "group" : "account";
  const consequence = what === "group" ? "Every permission that this group carries is destroyed for good. A group created again with this name has none of them." : "The account’s id is gone for good. Somebody created again with this address gets another one.";
  return (
    <Modal opened onClose={onClose} title={`Delete the ${what} ${name} in Atlassian?`}>
      <p className="t2">{consequence} It is deleted when you approve the plan.</p>
      <div className={`banner bad ${classes["dialogBanner"]}`}>
        <IconAlertTriangle className="i" size={16} stroke={1.75} aria-hidden />
        <p className="t1">This cannot be undone, here or in Atlassian.</p>
      </div>
      <TextInput mt={14} label={<>Type <b className="semi">{name}</b> to confirm</>} value={typed} onChange={(event) => setTyped(event.currentTarget.value)} autoComplete="off" />
      <div className={classes["dialogActions"]}>
        <Button onClick={onClose} data-autofocus>
          Keep the {what}
        </Button>
        <Button variant="filled" color="red" disabled={typed.trim() !== name} onClick={onConfirm}>
          Delete {name} with this plan
        </Button>
      </div>
    </Modal>
  );
}
