import { Button } from "@mantine/core";
import { useMutation, useSuspenseQuery } from "@tanstack/react-query";
import { IconPlugConnected } from "@tabler/icons-react";
import { sessionQuery } from "../../api/queries";
import { call } from "../../api/call";
import { Checks } from "../../components/Checks";
import { ErrorPanel } from "../../components/ErrorPanel";
import { Card, PageBody, PageHead } from "../../components/Page";
import { SchemeSwitch } from "../../components/SchemeSwitch";
import { type ConnectionView, platform } from "../../platform";
import { KeyList } from "./KeyList";
import { PolicyCard } from "./PolicyCard";
import classes from "./SettingsPage.module.css";
import { texts } from "./texts";

export function SettingsPage({ connectionId }: { connectionId: string }) {
  const { data: session } = useSuspenseQuery(sessionQuery());
  const connection = session.connections.find((each) => each.connection_id === connectionId);
  if (!connection) return null;
  return (
    <>
      <PageHead title={texts.title} sub={connection.draft.name} />
      <PageBody narrow>
        <div className={classes["cards"]}>
          <PolicyCard connection={connection} isReadOnly={session.is_read_only} />
          <Card title={texts.keys}>
            <div className="card-b">
              <p className="t2">{texts.keysText}</p>
              <KeyList connection={connection} />
            </div>
          </Card>
          <ConnectionCard connection={connection} />
          <Card title={texts.appearance}>
            <div className="card-b">
              <SchemeSwitch withLabels />
            </div>
          </Card>
        </div>
      </PageBody>
    </>
  );
}

function ConnectionCard({ connection }: { connection: ConnectionView }) {
  const test = useMutation({ mutationFn: () => call(platform().commands.testConnection(connection.connection_id)) });
  const { endpoints } = connection.draft;
  const rows: readonly (readonly [string, string | null])[] = [
    ["JumpCloud", endpoints.jumpcloud_url],
    ["Application", endpoints.application],
    ["SCIM base URL", endpoints.scim_url],
    ["Organisation id", endpoints.organisation_id],
  ];
  return (
    <Card
      title={texts.connection}
      end={
        <Button size="compact-sm" loading={test.isPending} leftSection={<IconPlugConnected size={16} stroke={1.75} aria-hidden />} onClick={() => test.mutate()}>
          {texts.test}
        </Button>
      }
    >
      <div className={`card-b ${classes["stack"]}`}>
        <dl className="kv">
          {rows.map(([label, value]) => (
            <div key={label} className={classes["pair"]}>
              <dt>{label}</dt>
              <dd className={value ? "mono cut" : "t3"} title={value ?? undefined}>
                {value || "not set"}
              </dd>
            </div>
          ))}
        </dl>
        {test.error && <ErrorPanel error={test.error} onRetry={() => test.mutate()} />}
        {test.data && <Checks checks={test.data} />}
      </div>
    </Card>
  );
}
