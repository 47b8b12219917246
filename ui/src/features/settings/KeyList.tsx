import { Button, Modal, PasswordInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { call } from "../../api/call";
import { ErrorPanel } from "../../components/ErrorPanel";
import { Badge, StatusWord } from "../../components/Status";
import { type ConnectionView, type KeyKind, platform } from "../../platform";
import classes from "./SettingsPage.module.css";
import { keyNames, originWords, texts } from "./texts";

export function KeyList({ connection }: { connection: ConnectionView }) {
  const [entering, setEntering] = useState<KeyKind | null>(null);
  return (
    <>
      <ul className={classes["keys"]}>
        {connection.keys.map((key) => (
          <li key={key.kind}>
            <span className="med">{keyNames[key.kind]}</span>
            {key.is_stored ? (
              <StatusWord icon="success" tone="ok">
                <span>
                  Stored <span className="t2">{originWords[key.origin ?? ""] ?? key.origin}</span>
                </span>
              </StatusWord>
            ) : key.kind === "organisation" ? (
              <span className="t2">Optional; not entered</span>
            ) : (
              <Badge icon="warning" tone="warn">Missing</Badge>
            )}
            <span className="mono t2">{key.fingerprint}</span>
            <Button size="compact-sm" disabled={key.origin === "environment" || connection.is_sandbox} onClick={() => setEntering(key.kind)}>
              {key.is_stored ? texts.replace : texts.enter}
            </Button>
            {key.problem && <p className={classes["problem"]}>{key.problem}</p>}
          </li>
        ))}
      </ul>
      {entering && <KeyDialog connectionId={connection.connection_id} kind={entering} onClose={() => setEntering(null)} />}
    </>
  );
}

function KeyDialog({ connectionId, kind, onClose }: { connectionId: string; kind: KeyKind; onClose: () => void }) {
  const [value, setValue] = useState("");
  const store = useMutation({ mutationFn: () => call(platform().commands.setKey(connectionId, kind, value.trim())), onSuccess: onClose });
  return (
    <Modal opened onClose={onClose} title={keyNames[kind]}>
      <p className="t2">{texts.keysText}</p>
      <PasswordInput mt={12} label={texts.newKey} value={value} onChange={(event) => setValue(event.currentTarget.value)} autoComplete="off" data-autofocus />
      {store.error && <ErrorPanel error={store.error} />}
      <div className={classes["dialogActions"]}>
        <Button onClick={onClose}>{texts.cancel}</Button>
        <Button variant="filled" disabled={value.trim() === ""} loading={store.isPending} onClick={() => store.mutate()}>
          {texts.storeKey}
        </Button>
      </div>
    </Modal>
  );
}
