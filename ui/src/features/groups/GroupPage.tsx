import { Button, Skeleton } from "@mantine/core";
import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { IconLinkOff, IconShieldLock } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { sessionQuery } from "../../api/queries";
import { Count } from "../../components/Count";
import { DeepLink } from "../../components/DeepLink";
import { ErrorPanel } from "../../components/ErrorPanel";
import { GroupStateWord } from "../../components/group/GroupStateWord";
import { appWord, withAppNames } from "../../components/group/words";
import type { GroupSearch } from "../../components/listSearch";
import { notify, notifyError } from "../../components/notify";
import { ActionCell, changeLine, StateCell } from "../../components/operation/Cells";
import { Card, PageBody, PageHead } from "../../components/Page";
import { formatCount } from "../../lib/format";
import { plural } from "../../lib/plural";
import type { BlastRadius, GroupPage as Page } from "../../platform";
import { AffectedList } from "./AffectedList";
import classes from "./GroupPage.module.css";
import { appLine, GroupPath } from "./GroupPath";
import { radiusRest, whyTitle } from "./model";
import { groupQuery, useGroupProtection } from "./queries";
import { texts } from "./texts";
import { UnbindDialog } from "./UnbindDialog";

const words = texts.page;

type Props = { connectionId: string; groupKey: string; search: GroupSearch };

export function GroupPage({ connectionId, groupKey, search }: Props) {
  const group = useQuery(groupQuery(connectionId, groupKey));
  const { data: session } = useSuspenseQuery(sessionQuery());
  const navigate = useNavigate();
  const [isUnbinding, setUnbinding] = useState(false);
  const crumb = (
    <Link to="/c/$connection/groups" params={{ connection: connectionId }}>
      {texts.title}
    </Link>
  );
  if (group.error) {
    return (
      <>
        <PageHead title="Group" crumb={crumb} />
        <ErrorPanel error={group.error} onRetry={() => void group.refetch()} />
      </>
    );
  }
  const page = group.data;
  if (!page) {
    return (
      <>
        <PageHead title="…" crumb={crumb} />
        <PageBody>
          <div className={classes["page"]} role="status" aria-label="Loading the group">
            <Skeleton height={190} radius="md" />
            <div className={classes["columns"]}>
              <Skeleton height={260} radius="md" />
              <Skeleton height={260} radius="md" />
            </div>
          </div>
        </PageBody>
      </>
    );
  }
  const { row } = page;
  const policy = session.connections.find((each) => each.connection_id === connectionId)?.draft.policy;
  // The row says what held when the plan was made; the policy may have changed since.
  const isProtected = policy?.protected_groups.some((name) => name.toLowerCase() === row.name.toLowerCase()) ?? row.is_protected;
  const sourceId = row.source_id;
  return (
    <>
      <PageHead
        title={row.name}
        crumb={crumb}
        badge={<Badges page={page} isProtected={isProtected} />}
        actions={
          <>
            {page.deep_link !== null && <DeepLink url={page.deep_link}>{words.openInAtlassian}</DeepLink>}
            <Protect connectionId={connectionId} name={row.name} isProtected={isProtected} />
            {page.if_unbound !== null && sourceId !== null && (
              <Button size="compact-sm" disabled={session.is_read_only} leftSection={<IconLinkOff size={16} stroke={1.75} aria-hidden />} onClick={() => setUnbinding(true)}>
                {words.unbind}
              </Button>
            )}
          </>
        }
      />
      <PageBody>
        <div className={classes["page"]}>
          <Why page={page} connectionId={connectionId} />
          <div className={classes["columns"]}>
            <Radius title={words.ifUnbound} radius={page.if_unbound} connectionId={connectionId} isShown={search.show === "unbound"} />
            <Radius title={words.ifDeleted} radius={page.if_deleted} connectionId={connectionId} isShown={search.show === "deleted"} />
            <div className={classes["aside"]}>
              <Operations page={page} connectionId={connectionId} />
              <Access page={page} />
            </div>
          </div>
        </div>
      </PageBody>
      {isUnbinding && page.if_unbound !== null && sourceId !== null && (
        <UnbindDialog
          connectionId={connectionId}
          group={sourceId}
          name={row.name}
          radius={page.if_unbound}
          onClose={() => setUnbinding(false)}
          onDone={() => void navigate({ to: "/c/$connection/groups", params: { connection: connectionId } })}
        />
      )}
    </>
  );
}

function Badges({ page: { row }, isProtected }: { page: Page; isProtected: boolean }) {
  return (
    <>
      <GroupStateWord state={row.state} />
      {isProtected && (
        <span className="badge">
          <IconShieldLock size={13} stroke={2} aria-hidden />
          Protected
        </span>
      )}
      {row.other_connectors.length > 0 && <span className="badge warn plain">Also bound to {row.other_connectors.join(", ")}</span>}
    </>
  );
}

function Protect({ connectionId, name, isProtected }: { connectionId: string; name: string; isProtected: boolean }) {
  const { data: session } = useSuspenseQuery(sessionQuery());
  const protection = useGroupProtection(session.connections.find((each) => each.connection_id === connectionId));
  return (
    <Button
      size="compact-sm"
      title={words.protectText}
      disabled={session.is_read_only}
      loading={protection.isPending}
      leftSection={<IconShieldLock size={16} stroke={1.75} aria-hidden />}
      onClick={() => protection.mutate({ name, isProtected: !isProtected }, { onSuccess: () => notify(isProtected ? words.unprotected : words.protected, words.fromNext), onError: notifyError })}
    >
      {isProtected ? words.unprotect : words.protect}
    </Button>
  );
}

function Why({ page, connectionId }: { page: Page; connectionId: string }) {
  const { explanation, conflict } = page;
  return (
    <section className={`card ${classes["why"]}`} aria-labelledby="why">
      <div className={classes["whyHead"]}>
        <div className="grow">
          <h2 id="why">{whyTitle(page)}</h2>
          <p className={`t2 ${classes["whyText"]}`}>{withAppNames([explanation.text, ...explanation.causes.filter((cause) => cause !== explanation.text)].join(" "))}</p>
        </div>
        {conflict !== null && (
          <Button size="compact-sm" renderRoot={(props) => <Link {...props} to="/c/$connection/review" params={{ connection: connectionId }} search={{ open: conflict.conflict.id }} />}>
            {words.openReview}
          </Button>
        )}
      </div>
      <GroupPath page={page} />
      {explanation.would_change.length > 0 && (
        <div className={classes["counterfactual"]}>
          <span className="med">What would change it</span>
          <ul>
            {explanation.would_change.map((change) => (
              <li key={change}>
                {withAppNames(change)}
              </li>
            ))}
          </ul>
        </div>
      )}
    </section>
  );
}

/** Figures, then names: who would lose the account, who keeps it and through what. */
function Radius({ title, radius, connectionId, isShown }: { title: string; radius: BlastRadius | null; connectionId: string; isShown: boolean }) {
  const frame = useRef<HTMLElement>(null);
  useEffect(() => {
    if (!isShown) return;
    frame.current?.focus({ preventScroll: true });
    frame.current?.scrollIntoView({ block: "nearest" });
  }, [isShown]);
  const rest = radius === null ? "" : radiusRest(radius);
  return (
    <section ref={frame} tabIndex={isShown ? -1 : undefined} className={`card ${classes["radius"]}`} data-shown={isShown || undefined} aria-label={title}>
      <div className="card-h">
        <h2>{title}</h2>
      </div>
      <div className="card-b">
        {radius === null ? (
          <p className="t2">{words.notBound}</p>
        ) : (
          <>
            <div className={classes["figures"]}>
              <p className="fig" style={radius.deactivated_total > 0 ? { color: "var(--bad)" } : undefined}>
                {formatCount(radius.deactivated_total)} <small>deactivated</small>
              </p>
              <p className="fig">
                {formatCount(radius.keeps_total)} <small>keep their account</small>
              </p>
            </div>
            <p className="t2">{radius.text}</p>
            {rest && <p className="t2 fs12">Besides: {rest}.</p>}
            <div className={classes["lists"]}>
              {radius.deactivated_total > 0 && (
                <section>
                  <h3>{words.deactivated}</h3>
                  <AffectedList connectionId={connectionId} fate="deactivated" label={`${title}: ${words.deactivated}`} people={radius.deactivated} total={radius.deactivated_total} empty={words.nobodyDeactivated} />
                </section>
              )}
              {radius.keeps_total > 0 && (
                <section>
                  <h3>{words.keeps}</h3>
                  <AffectedList connectionId={connectionId} fate="keeps" label={`${title}: ${words.keeps}`} people={radius.keeps} total={radius.keeps_total} empty={words.nobodyKeeps} />
                </section>
              )}
            </div>
          </>
        )}
      </div>
    </section>
  );
}

function Operations({ page, connectionId }: { page: Page; connectionId: string }) {
  return (
    <Card title={words.operations} end={page.operations.length > 0 && <Count value={page.operations.length} />}>
      {page.operations.length === 0 ? (
        <p className="card-b t2">{words.noOperations}</p>
      ) : (
        <ul className={classes["operations"]} style={{ padding: "6px 0 8px" }}>
          {page.operations.map((operation) => (
            <li key={operation.id}>
              <Link className="inset" to="/c/$connection/plan" params={{ connection: connectionId }} search={{ q: page.row.name, open: operation.id }}>
                <ActionCell kind={operation.kind} />
                <span className="t2 cut grow">{changeLine(operation.change, operation.subject, operation.kind)}</span>
                <StateCell heldBy={operation.held_by} />
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function Access({ page: { access } }: { page: Page }) {
  return (
    <Card title={words.access} end={access.length > 0 && <span className="t2 fs12 num">{plural(access.length, "app")}</span>}>
      {access.length === 0 ? (
        <p className="card-b t2">{words.noAccess}</p>
      ) : (
        <dl className={`card-b ${classes["access"]}`}>
          {access.map((each) => (
            <div key={each.resource} style={{ display: "contents" }}>
              <dt className="cut">{appWord(each.app)}</dt>
              <dd>{appLine(each)}</dd>
            </div>
          ))}
        </dl>
      )}
    </Card>
  );
}
