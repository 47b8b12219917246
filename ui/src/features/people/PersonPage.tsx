import { Button } from "@mantine/core";
import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { IconCheck, IconPencil, IconPlus, IconShieldLock } from "@tabler/icons-react";
import { sessionQuery } from "../../api/queries";
import { Count } from "../../components/Count";
import { ErrorPanel } from "../../components/ErrorPanel";
import { notify, notifyError } from "../../components/notify";
import { attributeWord } from "../../components/operation/words";
import { Card, PageBody, PageHead } from "../../components/Page";
import { Side } from "../../components/Side";
import { Badge, Tag } from "../../components/Status";
import { Time } from "../../components/Time";
import type { AttributePair, EventRow, PersonPage as Page } from "../../platform";
import { eventWord } from "../../components/eventWords";
import classes from "./PersonPage.module.css";
import { personQuery, useProtection } from "./queries";
import { texts } from "./texts";
import { counterfactuals } from "./model";
import { WhyGraph } from "./WhyGraph";

const words = texts.person;

export function PersonPage({ connectionId, personKey }: { connectionId: string; personKey: string }) {
  const person = useQuery(personQuery(connectionId, personKey));
  const crumb = (
    <Link to="/c/$connection/people" params={{ connection: connectionId }}>
      {texts.title}
    </Link>
  );
  if (person.error) {
    return (
      <>
        <PageHead title="Person" crumb={crumb} />
        <ErrorPanel error={person.error} onRetry={() => void person.refetch()} />
      </>
    );
  }
  const page = person.data;
  if (!page) return <PageHead title="…" crumb={crumb} />;
  return (
    <>
      <PageHead title={page.row.name} crumb={crumb} badge={<Badges page={page} />} sub={page.row.email ?? page.row.user_name} actions={page.row.email !== null && <Protect connectionId={connectionId} email={page.row.email} isProtected={page.is_protected} />} />
      <PageBody>
        <div className={classes["page"]}>
          <Why page={page} connectionId={connectionId} />
          <div className={classes["columns"]}>
            <Records page={page} />
            <div className={classes["aside"]}>
              <History history={page.history} connectionId={connectionId} name={page.row.name} />
              <Card title={words.groupsInAtlassian} end={<Count value={page.target_groups.length} />}>
                <div className={`card-b ${classes["tags"]}`}>{page.target_groups.length === 0 ? <p className="t2">{words.noGroups}</p> : page.target_groups.map((group) => <Tag key={group}>{group}</Tag>)}</div>
              </Card>
            </div>
          </div>
        </div>
      </PageBody>
    </>
  );
}

function Protect({ connectionId, email, isProtected }: { connectionId: string; email: string; isProtected: boolean }) {
  const { data: session } = useSuspenseQuery(sessionQuery());
  const protection = useProtection(session.connections.find((each) => each.connection_id === connectionId));
  return (
    <Button
      size="compact-sm"
      title={words.protectText}
      disabled={session.is_read_only}
      loading={protection.isPending}
      leftSection={<IconShieldLock size={16} stroke={1.75} aria-hidden />}
      onClick={() => protection.mutate({ email, isProtected: !isProtected }, { onSuccess: () => notify(isProtected ? words.unprotected : words.protected, words.fromNext), onError: notifyError })}
    >
      {isProtected ? words.unprotect : words.protect}
    </Button>
  );
}

function Badges({ page }: { page: Page }) {
  return (
    <>
      {page.held_text !== null && page.plan_number !== null && <Badge icon="held" tone="warn">Held in plan {page.plan_number}</Badge>}
      {page.is_protected && (
        <span className="badge">
          <IconShieldLock size={13} stroke={2} aria-hidden />
          Protected
        </span>
      )}
    </>
  );
}

function Why({ page, connectionId }: { page: Page; connectionId: string }) {
  const first = page.operations[0];
  return (
    <section className={`card ${classes["why"]}`} aria-labelledby="why">
      <div className={classes["whyHead"]}>
        <div className="grow">
          <h2 id="why">{page.why_title}</h2>
          <p className="t2">{page.why_text}</p>
          {page.held_text !== null && <p className="t2">{page.held_text}</p>}
        </div>
        {first && page.plan_number !== null && (
          <Button size="compact-sm" renderRoot={(props) => <Link {...props} to="/c/$connection/plan" params={{ connection: connectionId }} search={{ q: page.row.email ?? page.row.name, open: first.id }} />}>
            Open in plan {page.plan_number}
          </Button>
        )}
      </div>
      <WhyGraph connectionId={connectionId} page={page} />
      {counterfactuals(page.row.name, page.would_change).map(({ head, conditions }) => (
        <div key={head} className={classes["counterfactual"]}>
          <span className="med">{head}</span>
          <ul>
            {conditions.map((condition) => (
              <li key={condition} className={classes["pill"]}>
                {condition}
              </li>
            ))}
          </ul>
        </div>
      ))}
    </section>
  );
}

const results: Record<string, { word: string; tone: string; icon: typeof IconCheck }> = {
  same: { word: "Same", tone: "t3", icon: IconCheck },
  update: { word: "Update", tone: "c-acc", icon: IconPencil },
  create: { word: "Create", tone: "c-acc", icon: IconPlus },
};
const resultWords: Record<string, string> = { not_mapped: "Not mapped", not_kept: "Not kept" };

function Records({ page }: { page: Page }) {
  const isEmpty = (pair: AttributePair) => !pair.source && !pair.target && pair.result !== "update" && pair.result !== "create";
  const shown = page.attributes.filter((pair) => !isEmpty(pair));
  const empty = page.attributes.filter(isEmpty);
  return (
    <section className={`card ${classes["records"]}`} aria-labelledby="records">
      <div className="card-h">
        <h2 id="records">{words.both}</h2>
        <span className="end t2 fs12">
          {page.link_text}
        </span>
      </div>
      <table>
        <colgroup>
          <col style={{ width: 124 }} />
          <col />
          <col />
          <col style={{ width: 116 }} />
        </colgroup>
        <thead>
          <tr>
            <th scope="col">
              <span className="sr">Attribute</span>
            </th>
            <th scope="col">
              <span className="row">
                <Side of="jumpcloud" />
                JumpCloud
              </span>
            </th>
            <th scope="col">
              <span className="row">
                <Side of="atlassian" />
                Atlassian
              </span>
            </th>
            <th scope="col">
              <span className="sr">State</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map((pair) => (
            <Pair key={pair.attribute} pair={pair} />
          ))}
        </tbody>
      </table>
      {empty.length > 0 && (
        <p className={classes["empty"]}>
          Without a value on either side: {empty.map((pair) => attributeWord(pair.attribute)).join(", ")}
        </p>
      )}
    </section>
  );
}

function Pair({ pair }: { pair: AttributePair }) {
  const known = results[pair.result];
  const Icon = known?.icon;
  const isChange = pair.result === "update" || pair.result === "create";
  return (
    <tr className={isChange ? classes["differs"] : ""}>
      <th scope="row" title={pair.source_field === null ? undefined : `JumpCloud: ${pair.source_field}, SCIM: ${pair.attribute}`}>
        {attributeWord(pair.attribute)}
      </th>
      <td>
        <Value value={pair.source} isStrong={isChange} />
      </td>
      <td>
        <Value value={pair.target} isStrong={false} />
      </td>
      <td>
        <span className={`st ${known?.tone ?? "t3"}`}>
          {Icon && <Icon className="i" size={14} stroke={2} aria-hidden />}
          {known?.word ?? resultWords[pair.result] ?? pair.result}
        </span>
      </td>
    </tr>
  );
}

function Value({ value, isStrong }: { value: string | null; isStrong: boolean }) {
  if (value === null || value === "") return <span className="t3">none</span>;
  return (
    <span className={isStrong ? "cut med" : "cut"} title={value}>
      {value}
    </span>
  );
}

function History({ history, connectionId, name }: { history: readonly EventRow[]; connectionId: string; name: string }) {
  return (
    <section className="card" aria-labelledby="history">
      <div className="card-h">
        <h2 id="history">{words.history}</h2>
        {history.length > 0 && (
          <Link className="end fs12 med" to="/c/$connection/events" params={{ connection: connectionId }} search={{ q: name }}>
            {words.allEvents}
          </Link>
        )}
      </div>
      {history.length === 0 ? (
        <p className="card-b t2">{words.noHistory}</p>
      ) : (
        <ul className={`card-b ${classes["history"]}`}>
          {history.map((event) => (
            <li key={event.sequence}>
              <Time iso={event.time} />
              <span className="grow">
                {eventWord(event.event_type)}
                {event.outcome !== "success" && <span style={{ color: "var(--bad)" }}> failed{event.error ? `: ${event.error}` : ""}</span>}
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
