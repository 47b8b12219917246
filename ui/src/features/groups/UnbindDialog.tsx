import { Button, Modal } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useState } from "react";
import { commandErrorOf } from "../../api/call";
import { ErrorPanel } from "../../components/ErrorPanel";
import { notify } from "../../components/notify";
import { PanelSection } from "../../components/SidePanel";
import type { BlastRadius } from "../../platform";
import { AffectedList } from "./AffectedList";
import classes from "./GroupPage.module.css";
import { radiusRest, unbindConsequence, unbindVerb } from "./model";
import { useBinding } from "./queries";
import { texts } from "./texts";

const words = texts.unbindDialog;

type Props = { connectionId: string; group: string; name: string; radius: BlastRadius; onClose: () => void; onDone: () => void };

/** Consequence first, number second, the names third; what is confirmed is what is on the screen. */
export function UnbindDialog({ connectionId, group, name, radius, onClose, onDone }: Props) {
  const unbind = useBinding(connectionId, "unbind");
  const [shown] = useState(radius.confirmation);
  const isStale = unbind.error !== null && commandErrorOf(unbind.error).code === "plan_stale";
  const hasChanged = shown !== radius.confirmation || isStale;
  const rest = radiusRest(radius);
  const confirm = () =>
    unbind.mutate(
      { group, confirmation: radius.confirmation },
      {
        onSuccess: () => {
          notify(`${name.trim()} is unbound`, "Both sides are read again; what follows is in the next plan.");
          onDone();
        },
      },
    );
  return (
    <Modal opened onClose={onClose} title={`Unbind ${name.trim()}?`} size={520}>
      {hasChanged && (
        <div className={`banner warn ${classes["dialogNote"]}`} role="status">
          <IconAlertTriangle className="i" size={16} stroke={1.75} aria-hidden />
          <p className="t1">{words.changed}</p>
        </div>
      )}
      {unbind.error && !isStale && <ErrorPanel error={unbind.error} />}
      <p>
        <b className="med">{unbindConsequence(radius)}</b> {rest && <span className="t2">Besides: {rest}.</span>}
      </p>
      <p className="t2" style={{ marginTop: 6 }}>
        {words.stays} {words.written}
      </p>
      <div className={classes["dialogLists"]}>
        {radius.deactivated_total > 0 && (
          <PanelSection title={texts.page.deactivated}>
            <AffectedList connectionId={connectionId} fate="deactivated" label={texts.page.deactivated} people={radius.deactivated} total={radius.deactivated_total} empty={texts.page.nobodyDeactivated} />
          </PanelSection>
        )}
        {radius.keeps_total > 0 && (
          <PanelSection title={texts.page.keeps}>
            <AffectedList connectionId={connectionId} fate="keeps" label={texts.page.keeps} people={radius.keeps} total={radius.keeps_total} empty={texts.page.nobodyKeeps} />
          </PanelSection>
        )}
      </div>
      <div className={classes["dialogActions"]}>
        <Button onClick={onClose} data-autofocus>
          {words.keep}
        </Button>
        <Button variant="filled" loading={unbind.isPending} onClick={confirm}>
          {unbindVerb(name, radius)}
        </Button>
      </div>
    </Modal>
  );
}
