import { Button, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { IconBolt, IconCheck, IconMapPin, IconPlayerPause, IconUserMinus, IconUserOff, IconUsersGroup } from "@tabler/icons-react";
import { ErrorPanel } from "../../components/ErrorPanel";
import { ActionCell, activeWord } from "../../components/operation/Cells";
import { attributeWord, heldLong, kinds, nameOf } from "../../components/operation/words";
import { PanelSection, SidePanel } from "../../components/SidePanel";
import { Badge, StatusWord } from "../../components/Status";
import { initials } from "../../lib/format";
import { plural } from "../../lib/plural";
import type { OperationDetail, OperationKind, OperationRow, WhyStep } from "../../platform";
import { detailQuery } from "./queries";
import { texts } from "./texts";

type Props = {
  connectionId: string;
  planId: string;
  operationId: string;
  isAllowed: boolean;
  /** The question that holds it, where it is known. */
  conflictOf: (row: OperationRow) => string | undefined;
  onClose: () => void;
  onPrevious: (() => void) | undefined;
  onNext: (() => void) | undefined;
  onAllow: (detail: OperationDetail) => void;
  onDisallow: (operationId: string) => void;
};

/** State, why, what would change it, before and after: always in this order. */
export function OperationPanel({ connectionId, planId, operationId, isAllowed, conflictOf, onClose, onPrevious, onNext, onAllow, onDisallow }: Props) {
  const { data: detail, error, refetch } = useQuery(detailQuery(planId, operationId));
  if (error) {
    return (
      <SidePanel title="Operation" onClose={onClose}>
        <ErrorPanel error={error} onRetry={() => void refetch()} />
      </SidePanel>
    );
  }
  if (!detail) {
    return (
      <SidePanel title="…" onClose={onClose} onPrevious={onPrevious} onNext={onNext}>
        <Skeleton height={20} width="50%" />
        <Skeleton height={120} />
      </SidePanel>
    );
  }
  const { row } = detail;
  const name = nameOf(row.subject);
  const conflictId = conflictOf(row);
  const isPerson = row.subject.type === "person";
  const personKey = row.subject.source_id ?? (row.subject.target_id === null ? null : `scim:${row.subject.target_id}`);
  return (
    <SidePanel
      title={name}
      subtitle={isPerson ? row.subject.label : "Group"}
      mark={<span className="av" aria-hidden style={{ width: 32, height: 32, fontSize: 12, marginTop: 2 }}>{isPerson ? initials(name) : <IconUsersGroup size={16} stroke={1.75} />}</span>}
      onClose={onClose}
      onPrevious={onPrevious}
      onNext={onNext}
      foot={
        <>
          {isPerson && personKey !== null && (
            <Button
              size="compact-sm"
              renderRoot={(props) => <Link {...props} to="/c/$connection/people/$person" params={{ connection: connectionId, person: personKey }} />}
            >
              {texts.openPerson}
            </Button>
          )}
          {!isPerson && (
            <Button
              size="compact-sm"
              renderRoot={(props) => <Link {...props} to="/c/$connection/groups/$group" params={{ connection: connectionId, group: row.subject.source_id ?? row.subject.target_id ?? row.subject.label }} />}
            >
              {texts.openGroup}
            </Button>
          )}
          {(row.held_by === "conflict" || (row.held_by === "acknowledgement" && conflictId !== undefined)) && (
            <Button size="compact-sm" variant="filled" renderRoot={(props) => <Link {...props} to="/c/$connection/review" params={{ connection: connectionId }} search={conflictId === undefined ? {} : { open: conflictId }} />}>
              {texts.review}
            </Button>
          )}
          {row.held_by === "irreversible" &&
            (isAllowed ? (
              <Button size="compact-sm" onClick={() => onDisallow(row.id)}>
                {texts.disallow}
              </Button>
            ) : (
              <Button size="compact-sm" c="var(--bad)" onClick={() => onAllow(detail)}>
                {texts.allow}
              </Button>
            ))}
        </>
      }
    >
      <div className="row">
        <ActionCell kind={row.kind} />
        {isAllowed ? (
          <Badge icon="delete" tone="bad">Will be deleted</Badge>
        ) : row.held_by === null ? (
          <StatusWord icon="success" muted>Ready</StatusWord>
        ) : (
          <Badge icon={row.held_by === "irreversible" ? "separate" : "held"} tone={row.held_by === "irreversible" ? "bad" : "warn"}>
            {heldLong[row.held_by]}
          </Badge>
        )}
      </div>
      {detail.held_text && <p className="t2">{detail.held_text}</p>}
      <PanelSection title={texts.why}>
        {detail.why.length > 0 ? <WhyPath steps={detail.why} kind={row.kind} /> : <p className="t2">{row.reason.text}</p>}
      </PanelSection>
      {detail.would_change.length > 0 && (
        <PanelSection title={texts.wouldChange}>
          {detail.would_change.map((sentence) => (
            <p key={sentence} className="t2">
              {sentence}
            </p>
          ))}
        </PanelSection>
      )}
      <PanelSection title={texts.beforeAfter}>
        <BeforeAfter detail={detail} />
        <p className="t2 fs12" style={{ marginTop: 8 }}>
          {detail.undo_text}
        </p>
      </PanelSection>
      <Members title={texts.membersAdded} labels={detail.members_added} />
      <Members title={texts.membersRemoved} labels={detail.members_removed} />
    </SidePanel>
  );
}

function WhyPath({ steps, kind }: { steps: readonly WhyStep[]; kind: OperationKind }) {
  const isLoss = kinds[kind].group === "deactivate" || kinds[kind].group === "delete";
  return (
    <ol className="path">
      {steps.map((step, index) => {
        const isEffect = step.kind === "effect";
        const tone = (isEffect && isLoss) || (step.is_cut && !isEffect) ? "bad" : isEffect ? (step.is_cut ? "warn" : "ok") : "";
        const Icon = step.kind === "group" ? IconUsersGroup : step.kind === "scope" ? IconMapPin : isEffect ? (isLoss ? IconUserOff : step.is_cut ? IconPlayerPause : IconCheck) : step.is_cut ? IconUserMinus : IconBolt;
        return (
          <li key={index} className={step.is_cut && !isEffect ? "cutline" : ""}>
            <span className={`dot ${tone}`}>
              <Icon size={12} stroke={2.25} aria-hidden />
            </span>
            <div>
              <b className="med">{step.title}</b>
              {step.detail && <p>{step.detail}</p>}
            </div>
          </li>
        );
      })}
    </ol>
  );
}

function BeforeAfter({ detail }: { detail: OperationDetail }) {
  const { change } = detail.row;
  const isLoss = change.type === "active" && !change.after;
  const rows = [
    ...(change.type === "active" ? [{ label: "Account", before: activeWord(change.before), after: activeWord(change.after), isLoss }] : []),
    ...(change.type === "name" ? [{ label: "Name", before: change.before, after: change.after, isLoss: false }] : []),
    ...(change.type === "gone" ? [{ label: detail.row.subject.type === "group" ? "Group" : "Account", before: "There", after: "Deleted for good", isLoss: true }] : []),
    ...(change.type === "new" ? [{ label: detail.row.subject.type === "group" ? "Group" : "Account", before: texts.none, after: "Created", isLoss: false }] : []),
    ...(change.type === "members" ? [{ label: "Members", before: "", after: [change.added > 0 ? `+${change.added}` : "", change.removed > 0 ? `−${change.removed}` : ""].filter(Boolean).join(" "), isLoss: change.removed > 0 }] : []),
    ...(change.type === "link" ? [detail.row.kind === "release_group" ? { label: "Link", before: "Managed by Lockstep", after: texts.none, isLoss: false } : { label: "Link", before: texts.none, after: "Managed by Lockstep", isLoss: false }] : []),
    ...detail.attributes.map((each) => ({ label: attributeWord(each.attribute), before: each.before ?? texts.none, after: each.after ?? texts.none, isLoss: false })),
  ];
  return (
    <table className="ba">
      <colgroup>
        <col style={{ width: 92 }} />
        <col />
        <col />
      </colgroup>
      <thead>
        <tr>
          <th scope="col">
            <span className="sr">Attribute</span>
          </th>
          <th scope="col">{texts.now}</th>
          <th scope="col">{texts.after}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.label} className={row.before === row.after ? "" : row.isLoss ? "d x" : "d"}>
            <th scope="row">{row.label}</th>
            <td>{row.before}</td>
            <td className={row.before === row.after ? "t3" : ""}>{row.before === row.after ? texts.same : row.after}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const MEMBERS_SHOWN = 12;

function Members({ title, labels }: { title: string; labels: readonly string[] }) {
  if (labels.length === 0) return null;
  const more = labels.length - MEMBERS_SHOWN;
  return (
    <PanelSection title={title}>
      <ul>
        {labels.slice(0, MEMBERS_SHOWN).map((label) => (
          <li key={label} className="cut">
            {label}
          </li>
        ))}
      </ul>
      {more > 0 && <p className="t2">and {plural(more, "more", "more")}</p>}
    </PanelSection>
  );
}
