import { Button, Modal, Skeleton, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { IconAlertTriangle, IconSearch } from "@tabler/icons-react";
import { useId, useState } from "react";
import { commandErrorOf } from "../../api/call";
import { ErrorPanel } from "../../components/ErrorPanel";
import { notify } from "../../components/notify";
import { PanelSection } from "../../components/SidePanel";
import { Badge } from "../../components/Status";
import { plural } from "../../lib/plural";
import type { BindableGroup, BindPreview } from "../../platform";
import { AffectedList } from "./AffectedList";
import classes from "./GroupPage.module.css";
import { bindableQuery, bindPreviewQuery, useBinding } from "./queries";
import { texts } from "./texts";

const words = texts.bindDialog;
const TYPING_PAUSE_MS = 150;

/** Search among JumpCloud's groups, see whom one puts in scope, bind it. */
export function BindDialog({ connectionId, onClose }: { connectionId: string; onClose: () => void }) {
  const [search, setSearch] = useState("");
  const [wanted] = useDebouncedValue(search, TYPING_PAUSE_MS);
  const [picked, setPicked] = useState<string | null>(null);
  const found = useQuery(bindableQuery(connectionId, wanted.trim()));
  const preview = useQuery(bindPreviewQuery(connectionId, picked));
  const bind = useBinding(connectionId, "bind");
  const isStale = bind.error !== null && commandErrorOf(bind.error).code === "plan_stale";
  const confirm = ({ group, confirmation }: BindPreview) =>
    bind.mutate(
      { group: group.source_id, confirmation },
      {
        onSuccess: () => {
          notify(`${group.name.trim()} is bound`, "Both sides are read again; what follows is in the next plan.");
          onClose();
        },
      },
    );
  return (
    <Modal opened onClose={onClose} title={words.title} size={560}>
      <p className="t2">{words.text}</p>
      <TextInput mt={12} data-autofocus aria-label={words.search} placeholder={words.search} leftSection={<IconSearch size={14} stroke={2} aria-hidden />} value={search} onChange={(event) => setSearch(event.currentTarget.value)} />
      {found.error ? <ErrorPanel error={found.error} onRetry={() => void found.refetch()} /> : <Choices found={found.data} picked={picked} onPick={setPicked} />}
      <div className={classes["preview"]} aria-live="polite">
        {isStale && (
          <div className={`banner warn ${classes["dialogNote"]}`}>
            <IconAlertTriangle className="i" size={16} stroke={1.75} aria-hidden />
            <p className="t1">{words.changed}</p>
          </div>
        )}
        {bind.error && !isStale && <ErrorPanel error={bind.error} />}
        {picked === null ? (
          <p className="t2">{words.pick}</p>
        ) : preview.error ? (
          <ErrorPanel error={preview.error} onRetry={() => void preview.refetch()} />
        ) : preview.data ? (
          <>
            <p>
              <b className="med">{preview.data.text}</b>
            </p>
            {preview.data.group.is_dynamic === true && <p className="t2">{words.dynamicText}</p>}
            <PanelSection title={words.enters}>
              <AffectedList key={picked} connectionId={connectionId} fate="enters" label={words.enters} people={preview.data.enters} total={preview.data.enters_total} empty={words.nobody} />
            </PanelSection>
          </>
        ) : (
          <Skeleton height={64} />
        )}
      </div>
      <div className={classes["dialogActions"]}>
        <Button onClick={onClose}>{words.cancel}</Button>
        <Button variant="filled" disabled={!preview.data} loading={bind.isPending} onClick={() => preview.data && confirm(preview.data)}>
          {preview.data ? `Bind ${preview.data.group.name.trim()}` : "Bind"}
        </Button>
      </div>
    </Modal>
  );
}

function Choices({ found, picked, onPick }: { found: readonly BindableGroup[] | undefined; picked: string | null; onPick: (id: string) => void }) {
  const name = useId();
  if (found === undefined) return <Skeleton mt={8} height={120} />;
  if (found.length === 0) return <p className={`t2 ${classes["nothing"]}`}>{words.none}</p>;
  return (
    <div className={classes["choices"]} role="radiogroup" aria-label={words.search}>
      {found.toSorted((a, b) => Number(a.is_bound) - Number(b.is_bound)).map((group) => (
        <label key={group.source_id} data-chosen={picked === group.source_id || undefined} data-disabled={group.is_bound || undefined}>
          <input type="radio" name={name} value={group.source_id} disabled={group.is_bound} checked={picked === group.source_id} onChange={() => onPick(group.source_id)} />
          <span className="cut med grow">{group.name}</span>
          {group.is_dynamic === true && (
            <span title={words.dynamicText}>
              <Badge>{words.dynamic}</Badge>
            </span>
          )}
          <span className="t2 fs12 num">{group.is_bound ? words.bound : group.members === null ? "" : plural(group.members, "member")}</span>
        </label>
      ))}
    </div>
  );
}
