import { IconArrowRight, IconUsersGroup } from "@tabler/icons-react";
import type { ChangeSummary, HeldBy, OperationKind, Reason, Reversibility, Subject } from "../../platform";
import { Badge, IrreversibleBadge, StatusWord } from "../Status";
import { attributeWord, causeLine, causeSource, heldWords, kinds, membersWord, nameOf, reversibilityWord } from "./words";

/** Name first, e-mail address below. */
export function IdentityCell({ subject }: { subject: Subject }) {
  if (subject.type === "group") {
    return (
      <span className="two-l">
        <span className="pname">
          <IconUsersGroup className="i c-3" size={14} stroke={2} aria-hidden style={{ verticalAlign: "-2px", marginRight: 6 }} />
          {subject.label}
        </span>
        <small>Group</small>
      </span>
    );
  }
  return (
    <span className="two-l">
      <span className="pname">{subject.name}</span>
      <small>{subject.label}</small>
    </span>
  );
}

export function IdentityLine({ subject }: { subject: Subject }) {
  return <span className="pname">{nameOf(subject)}</span>;
}

export function ActionCell({ kind }: { kind: OperationKind }) {
  const { word, icon, tone, group } = kinds[kind];
  return group === "delete" ? <IrreversibleBadge icon={icon}>{word}</IrreversibleBadge> : <StatusWord icon={icon} tone={tone}>{word}</StatusWord>;
}

/** Old, arrow, new; no strike-through and no green and red: red is for losing something. */
export function Change({ before, after }: { before: string; after: string }) {
  return (
    <span className="chg">
      <del title={before}>{before}</del>
      <IconArrowRight className="i" size={12} stroke={2} aria-hidden />
      <span className="sr">becomes</span>
      <ins title={after}>{after}</ins>
    </span>
  );
}

export function ChangeCell({ change, subject, kind }: { change: ChangeSummary; subject: Subject; kind: OperationKind }) {
  const { first, second } = changeLines(change, subject, kind);
  return (
    <span className="two-l">
      {first}
      <small>{second}</small>
    </span>
  );
}

function changeLines(change: ChangeSummary, subject: Subject, kind: OperationKind) {
  const what = subject.type === "person" ? "account" : "group";
  switch (change.type) {
    case "new":
      return { first: <span className="med">New {what}</span>, second: subject.type === "person" ? "In Atlassian" : "Members follow" };
    case "active":
      return { first: <Change before={activeWord(change.before)} after={activeWord(change.after)} />, second: change.changes.length > 0 ? `Account, and ${change.changes.length} more` : "Account" };
    case "attributes": {
      // An external id tells a person nothing.
      const main = change.changes.find((each) => each.attribute !== "externalId") ?? change.changes[0];
      if (!main) return { first: <span className="t2">Nothing visible</span>, second: "" };
      const label = attributeWord(main.attribute);
      return { first: <Change before={main.before ?? "none"} after={main.after ?? "none"} />, second: change.changes.length > 1 ? `${label}, and ${change.changes.length - 1} more` : label };
    }
    case "members":
      return { first: <span className="med">{membersWord(change.added, change.removed)}</span>, second: "Membership" };
    case "name":
      return { first: <Change before={change.before} after={change.after} />, second: "Name" };
    case "gone":
      return { first: <span className="med">{subject.type === "person" ? "Account and its id" : "Group and its permissions"}</span>, second: "Gone for good" };
    case "link":
      return kind === "release_group" ? { first: <span className="med">No longer synced</span>, second: "Stays as it is in Atlassian" } : { first: <span className="med">Linked</span>, second: "Becomes managed" };
  }
}

/** The change in a few words, for one-line rows. */
export function changeLine(change: ChangeSummary, subject: Subject, kind: OperationKind): string {
  switch (change.type) {
    case "new":
      return subject.type === "person" ? "New account" : "New group";
    case "active":
      return `Account: ${activeWord(change.after).toLowerCase()}`;
    case "attributes":
      return change.changes.map((each) => attributeWord(each.attribute)).join(", ");
    case "members":
      return membersWord(change.added, change.removed);
    case "name":
      return `Name: ${change.after}`;
    case "gone":
      return "Gone for good";
    case "link":
      return kind === "release_group" ? "No longer synced" : "Linked";
  }
}

export const activeWord = (active: boolean): string => (active ? "Active" : "Deactivated");

export function CauseCell({ reason }: { reason: Reason }) {
  return (
    <span className="two-l" title={reason.text}>
      <span>{causeLine(reason)}</span>
      <small>{causeSource(reason)}</small>
    </span>
  );
}

export function ReversibleCell({ value }: { value: Reversibility }) {
  const word = reversibilityWord(value);
  return value === "irreversible" ? (
    <b className="semi" style={{ color: "var(--bad)" }}>
      {word}
    </b>
  ) : (
    <span className="t2">{word}</span>
  );
}

export function StateCell({ heldBy }: { heldBy: HeldBy | null }) {
  if (heldBy === null) return <StatusWord icon="success" muted>Ready</StatusWord>;
  if (heldBy === "irreversible") return <Badge icon="separate" tone="bad">{heldWords[heldBy]}</Badge>;
  if (heldBy === "conflict") return <Badge icon="warning" tone="warn">{heldWords[heldBy]}</Badge>;
  return <Badge icon={heldBy === "quarantine" ? "retry" : "held"} tone="warn">{heldWords[heldBy]}</Badge>;
}
