import { Button, Skeleton } from "@mantine/core";
import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { IconAlertTriangle, IconArmchair, IconEyeOff, IconHistory, IconHourglass, IconInfoCircle, IconLock } from "@tabler/icons-react";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { commandErrorOf } from "../../api/call";
import { sessionQuery } from "../../api/queries";
import { DeepLink } from "../../components/DeepLink";
import { ErrorPanel } from "../../components/ErrorPanel";
import { accessLine, appAlone, appWord, conflictKinds, roleWord, someOf, withAppNames } from "../../components/group/words";
import { notifyError } from "../../components/notify";
import { nameOf } from "../../components/operation/words";
import { PanelSection, SidePanel } from "../../components/SidePanel";
import { Time } from "../../components/Time";
import { plural } from "../../lib/plural";
import type { AppAccess, Conflict, ConflictView, RefusedDecision } from "../../platform";
import { DecisionForm } from "./DecisionForm";
import { type Draft, setDraft, useDraft } from "./drafts";
import { Members } from "./Members";
import { choiceEntry, choiceName, nameProblem, RENAME, renamedTo } from "./model";
import { conflictQuery, useDecide, useWithdraw } from "./queries";
import classes from "./ReviewPage.module.css";
import { texts } from "./texts";

type Props = {
  connectionId: string;
  conflictId: string;
  /** Beside the bar that decides for many, this panel's button is not the screen's first. */
  isPrimary: boolean;
  onClose: () => void;
  onPrevious: (() => void) | undefined;
  onNext: (() => void) | undefined;
};

/** State, who is affected, what to look at, the decision: always in this order. */
export function ReviewPanel({ connectionId, conflictId, isPrimary, onClose, onPrevious, onNext }: Props) {
  const { data: view, error, refetch } = useQuery(conflictQuery(connectionId, conflictId));
  if (error) {
    const isGone = commandErrorOf(error).code === "not_found";
    return (
      <SidePanel title={isGone && view ? nameOf(view.conflict.subject) : isGone ? texts.gone : "Question"} subtitle={isGone && view ? texts.gone : undefined} onClose={onClose} onPrevious={onPrevious} onNext={onNext}>
        {isGone ? (
          <>
            <p className="t2">{texts.goneText}</p>
            <div className="row">
              <Button size="compact-sm" onClick={onClose}>
                {texts.backToList}
              </Button>
              {view?.conflict.subject.type === "group" && <OpenGroup connectionId={connectionId} conflict={view.conflict} />}
            </div>
          </>
        ) : (
          <ErrorPanel error={error} onRetry={() => void refetch()} />
        )}
      </SidePanel>
    );
  }
  if (!view) {
    return (
      <SidePanel title="…" onClose={onClose} onPrevious={onPrevious} onNext={onNext}>
        <Skeleton height={58} />
        <Skeleton height={160} />
      </SidePanel>
    );
  }
  return <Question key={conflictId} connectionId={connectionId} view={view} isPrimary={isPrimary} onClose={onClose} onPrevious={onPrevious} onNext={onNext} />;
}

function Question({ connectionId, view, isPrimary, onClose, onPrevious, onNext }: Omit<Props, "conflictId"> & { view: ConflictView }) {
  const { conflict } = view;
  const { data: session } = useSuspenseQuery(sessionQuery());
  const stored = useDraft(connectionId, conflict.id);
  const decide = useDecide(connectionId);
  const withdraw = useWithdraw(connectionId);
  const answers = useRef<HTMLDivElement>(null);
  const [refused, setRefused] = useState<RefusedDecision | null>(null);
  const [isMissing, setMissing] = useState(false);
  const name = nameOf(conflict.subject);
  // The remedy of a default access group is what blocks it, said above.
  const warnings = conflict.warnings.filter((warning) => conflict.blocked === null || warning.code !== "default_access_group");
  const now = { facts: conflict.facts, seen: conflict.decision };
  const inForce: Draft = conflict.decision === null ? { choice: "", name: "", ...now } : { choice: choiceName(conflict.decision), name: renamedTo(conflict.decision) ?? "", ...now };
  const draft = stored ?? inForce;
  const hasMoved = stored !== undefined && !stored.isSaved && (stored.facts !== now.facts || stored.seen !== now.seen);
  const isRenaming = draft.choice === RENAME;
  const isChanged = draft.choice !== inForce.choice || (isRenaming && draft.name.trim() !== inForce.name);
  const localProblem = isRenaming && (isMissing || draft.name !== "") ? nameProblem(draft.name, name) : null;
  const isAboutName = refused !== null && (refused.code.startsWith("name_") || isRenaming);
  useEffect(() => {
    if (stored?.isSaved && !isChanged) setDraft(connectionId, conflict.id, undefined);
  }, [stored, isChanged, connectionId, conflict.id]);
  const change = (next: Draft) => {
    setRefused(null);
    setMissing(false);
    setDraft(connectionId, conflict.id, next);
  };
  const save = () => {
    if (!isChanged || decide.isPending || session.is_read_only) return;
    if (isRenaming && nameProblem(draft.name, name) !== null) {
      setMissing(true);
      return;
    }
    const choice = isRenaming ? `rename:${draft.name.trim().normalize("NFC")}` : draft.choice;
    decide.mutate([{ conflict: conflict.id, choice, facts: conflict.facts, seen: conflict.decision }], {
      onSuccess: (answer) => {
        const refusal = answer.refused.find((each) => each.conflict === conflict.id) ?? null;
        setRefused(refusal);
        if (refusal !== null) return;
        setDraft(connectionId, conflict.id, { ...draft, isSaved: true });
      },
      onError: notifyError,
    });
  };
  const undo = () =>
    withdraw.mutate([conflict.id], {
      onSuccess: (answer) => {
        setRefused(answer.refused[0] ?? null);
        setDraft(connectionId, conflict.id, undefined);
        // The button that had the focus is gone with the decision.
        answers.current?.querySelector("input")?.focus({ preventScroll: true });
      },
      onError: notifyError,
    });
  return (
    <SidePanel
      title={name}
      subtitle={subtitleOf(view)}
      onClose={onClose}
      onPrevious={onPrevious}
      onNext={onNext}
      foot={
        <>
          <Button size="compact-sm" variant={isPrimary ? "filled" : "default"} data-disabled={!isChanged || session.is_read_only || undefined} aria-disabled={!isChanged || session.is_read_only} onClick={save}>
            {texts.save}
          </Button>
          {conflict.decision !== null && view.status !== "waiting" && (
            <Button size="compact-sm" variant="subtle" color="gray" disabled={session.is_read_only} loading={withdraw.isPending} onClick={undo}>
              {texts.undo}
            </Button>
          )}
        </>
      }
    >
      <Standing view={view} />
      {refused !== null && !isAboutName && (
        <Note tone="warn" icon={IconAlertTriangle} title={refusedTitle(refused)}>
          <p>{refused.text}</p>
          {stored !== undefined && <p>What you chose is kept below.</p>}
        </Note>
      )}
      {hasMoved && refused === null && (
        <Note tone="warn" icon={IconAlertTriangle} title={stored.seen === now.seen ? refusedTitles["facts_changed"] ?? "" : refusedTitles["decided_elsewhere"] ?? ""}>
          <p>Look at it again: what you chose is kept below, and saving it counts for what is shown now.</p>
        </Note>
      )}
      {conflict.kind === "group_takeover" ? <TakeOver view={view} /> : <p>{withAppNames(conflict.text)}</p>}
      {warnings.length > 0 && (
        <PanelSection title={texts.warnings}>
          <div className="stack" style={{ gap: 8 }}>
            {warnings.map((warning) => (
              <Note key={warning.code + warning.text} tone={loudWarnings.includes(warning.code) ? "warn" : "neutral"} icon={loudWarnings.includes(warning.code) ? IconAlertTriangle : IconInfoCircle} title={warningTitles[warning.code] ?? "Look at this"}>
                <p>{withAppNames(warning.text)}</p>
              </Note>
            ))}
          </div>
        </PanelSection>
      )}
      <PanelSection title={conflict.kind === "group_takeover" ? texts.decision : texts.answers}>
        <DecisionForm ref={answers} connectionId={connectionId} view={view} value={draft} problem={isAboutName ? refused.text : localProblem} isReadOnly={session.is_read_only} onChange={(next) => change({ ...(stored === undefined || stored.isSaved ? now : { facts: stored.facts, seen: stored.seen }), ...next })} onSubmit={save} />
        <p className={`t2 fs12 ${classes["after"]}`} role="status">
          {conflict.decision !== null && view.decided_by !== null && view.decided_at !== null ? (
            <>
              {choiceEntry(conflict.decision).word}: decided by {view.decided_by}, <Time iso={view.decided_at} />. {view.status === "waiting" ? "" : "It is part of every plan from now on."}
            </>
          ) : (
            texts.nothingSent
          )}
        </p>
      </PanelSection>
      {conflict.access.length > 0 && <Access access={conflict.access} />}
      {conflict.subject.type === "group" && (
        <div className="row">
          <OpenGroup connectionId={connectionId} conflict={conflict} />
          {view.deep_link !== null && conflict.waiting === null && conflict.blocked === null && <DeepLink url={view.deep_link}>{texts.openInAtlassian}</DeepLink>}
        </div>
      )}
    </SidePanel>
  );
}

function OpenGroup({ connectionId, conflict: { subject } }: { connectionId: string; conflict: Conflict }) {
  return (
    <Button size="compact-sm" renderRoot={(props) => <Link {...props} to="/c/$connection/groups/$group" params={{ connection: connectionId, group: subject.source_id ?? subject.target_id ?? subject.label }} />}>
      {texts.openGroup}
    </Button>
  );
}

function subtitleOf({ conflict }: ConflictView): string {
  if (conflict.kind !== "group_takeover") return conflictKinds[conflict.kind].line;
  return conflict.access.length > 0 ? `Gives ${accessLine(conflict.access)}` : "Gives no app access that Lockstep can see";
}

const warningTitles: Record<string, string> = {
  admin_role: "Its members are administrators",
  default_access_group: "How to change that",
  members_unknown: "Its members cannot be seen",
  access_unknown: "Its app access cannot be seen",
  dynamic_group: "The JumpCloud group is dynamic",
  not_in_jumpcloud: "Not in JumpCloud",
  rename_cost: "What it costs",
};
/** The others explain; these may cost somebody something. */
const loudWarnings: readonly string[] = ["admin_role", "default_access_group", "rename_cost"];
const refusedTitles: Record<string, string> = { facts_changed: "The facts changed while you looked", decided_elsewhere: "Decided in another window", unknown_conflict: texts.gone, already_applied: "Already applied", unknown_member: "Somebody is not known any more" };
const refusedTitle = ({ code }: RefusedDecision): string => refusedTitles[code] ?? "Not saved";

/** A banner of the panel's size. */
function Note({ tone, icon: Icon, title, children, action }: { tone: "warn" | "accent" | "neutral"; icon: typeof IconLock; title: string; children: ReactNode; action?: ReactNode }) {
  return (
    <section className={`banner ${tone === "neutral" ? "" : tone === "accent" ? "acc" : tone} ${classes["compact"]}`}>
      <Icon className={tone === "neutral" ? "i c-3" : "i"} size={16} stroke={1.75} aria-hidden />
      <div className="grow">
        <h3 style={{ margin: 0, color: "var(--text)", fontSize: "var(--fs-13)", lineHeight: "var(--lh-13)" }}>{title}</h3>
        {children}
        {action && <div className={classes["compactAction"]}>{action}</div>}
      </div>
    </section>
  );
}

/** The engine's sentence begins with what stands above it. */
const withoutTitle = (text: string): string => text.replace(/^Waiting for Atlassian: (.)/, (_whole, first: string) => first.toUpperCase());

/** Where the question stands, if there is more to say than "not decided". */
function Standing({ view }: { view: ConflictView }) {
  const { conflict, decided_before, deep_link } = view;
  return (
    <>
      {conflict.waiting !== null && (
        <Note tone="accent" icon={IconHourglass} title="Waiting for Atlassian" action={deep_link !== null && <DeepLink url={deep_link}>{texts.openInAtlassian}</DeepLink>}>
          <p>{withAppNames(withoutTitle(conflict.waiting))}</p>
        </Note>
      )}
      {conflict.blocked !== null && (
        <Note tone="warn" icon={IconLock} title={conflict.decision === null ? "Cannot be synced" : "Something must be done first"} action={deep_link !== null && <DeepLink url={deep_link}>{texts.openInAtlassian}</DeepLink>}>
          <p>{withAppNames(conflict.blocked)}</p>
        </Note>
      )}
      {decided_before !== null && (
        <Note tone="warn" icon={IconHistory} title="Asked again: the facts changed">
          <p>
            {decided_before.by} had decided “{choiceEntry(decided_before.choice).word}”, <Time iso={decided_before.at} />, on other facts. Nothing of that is sent.
          </p>
        </Note>
      )}
    </>
  );
}

function TakeOver({ view }: { view: ConflictView }) {
  const { conflict, organisation_known } = view;
  const names = new Map(conflict.gains.map((person) => [person.label, person.name]));
  const nameOfGainer = (label: string) => names.get(label) || label;
  return (
    <>
      {!organisation_known && (
        <Note tone="neutral" icon={IconEyeOff} title="Not everything can be seen">
          <p>{texts.cannotSee}</p>
        </Note>
      )}
      <PanelSection title={conflict.choices.includes("take-over") ? texts.ifTakenOver : texts.compared}>
        <Members view={view} />
      </PanelSection>
      {conflict.new_seats.length > 0 && (
        <ul className={classes["seats"]} aria-label={texts.newSeats}>
          {conflict.new_seats.map((seats) => (
            <li key={seats.app}>
              <IconArmchair className="i c-warn" size={16} stroke={1.75} aria-hidden />
              <span>
                <span className="med">{plural(seats.people.length, "new seat")}</span> in {conflict.access.length > 0 ? appAlone(seats.app) : withAppNames(seats.app)} <span className="t2">for {someOf(seats.people.map(nameOfGainer), 3)}</span>
              </span>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function Access({ access }: { access: readonly AppAccess[] }) {
  return (
    <PanelSection title={texts.appAccess}>
      <dl className={classes["access"]}>
        {access.map((each) => (
          <div key={each.resource} style={{ display: "contents" }}>
            <dt className="cut">
              {appWord(each.app)}
              {each.site !== null && <span className="t2"> on {each.site}</span>}
            </dt>
            <dd>{each.is_default ? "Default access" : each.roles.map(roleWord).join(", ")}</dd>
          </div>
        ))}
      </dl>
    </PanelSection>
  );
}

