import { Button, Modal, SegmentedControl, Switch } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { IconCircleCheck, IconFlask, IconRefresh } from "@tabler/icons-react";
import { useState } from "react";
import { sessionQuery } from "../../api/queries";
import { useRefresh, useStartSandbox } from "../../api/useRefresh";
import { Banner } from "../../components/Banner";
import { ErrorPanel } from "../../components/ErrorPanel";
import { Card, PageBody, PageHead } from "../../components/Page";
import type { SandboxStory, SandboxView } from "../../platform";
import { withFault } from "./model";
import { storiesQuery, useSetFaults, useTell } from "./queries";
import classes from "./SandboxPage.module.css";
import { faultPresets, type Size, sizes, texts } from "./texts";

export function SandboxPage({ connectionId }: { connectionId: string }) {
  const { data: session } = useSuspenseQuery(sessionQuery());
  const sandbox = session.sandbox;
  return (
    <>
      <PageHead title={texts.title} sub={texts.sub} />
      <PageBody narrow>
        <div className={classes["cards"]}>
          <p className="t2">{texts.lead}</p>
          {sandbox ? (
            <>
              <Stories connectionId={connectionId} />
              <Faults sandbox={sandbox} />
            </>
          ) : (
            <Banner icon={IconFlask} tone="accent" title={texts.gone}>
              <p>{texts.goneText}</p>
            </Banner>
          )}
          <Afresh scenario={sandbox?.scenario ?? "small"} />
        </div>
      </PageBody>
    </>
  );
}

function Stories({ connectionId }: { connectionId: string }) {
  const stories = useQuery(storiesQuery());
  const [told, setTold] = useState<{ name: string; text: string } | null>(null);
  const tell = useTell();
  const refresh = useRefresh(connectionId);
  const navigate = useNavigate();
  const compute = () => refresh.mutate(undefined, { onSuccess: () => void navigate({ to: "/c/$connection/plan", params: { connection: connectionId } }) });
  return (
    <Card title={texts.stories}>
      <div className="card-b">
        <ul className={classes["list"]}>
          {(stories.data ?? []).map((story) => (
            <Story
              key={story.name}
              story={story}
              isBusy={tell.isPending}
              onTell={() => tell.mutate(story.name, { onSuccess: (text) => setTold({ name: story.name, text }) })}
              told={told?.name === story.name ? told.text : null}
              onPlan={compute}
              isComputing={refresh.isPending}
            />
          ))}
        </ul>
        {tell.error && <ErrorPanel error={tell.error} />}
        {refresh.error && <ErrorPanel error={refresh.error} onRetry={compute} />}
      </div>
    </Card>
  );
}

type StoryProps = { story: SandboxStory; told: string | null; isBusy: boolean; isComputing: boolean; onTell: () => void; onPlan: () => void };

function Story({ story, told, isBusy, isComputing, onTell, onPlan }: StoryProps) {
  return (
    <li>
      <div className="grow">
        <b className="med">{story.title}</b>
        <p className="t2 fs12">{story.text}</p>
      </div>
      <Button size="compact-sm" disabled={isBusy} aria-label={`${texts.tell}: ${story.title}`} onClick={onTell}>
        {texts.tell}
      </Button>
      {told !== null && (
        <div className={classes["told"]} role="status">
          <IconCircleCheck className="i c-ok" size={16} stroke={1.75} aria-hidden />
          <span className="grow">{told}</span>
          <Button size="compact-sm" variant="filled" loading={isComputing} leftSection={<IconRefresh size={16} stroke={1.75} aria-hidden />} onClick={onPlan}>
            {texts.plan}
          </Button>
        </div>
      )}
    </li>
  );
}

function Faults({ sandbox }: { sandbox: SandboxView }) {
  const setFaults = useSetFaults();
  return (
    <Card title={texts.faults}>
      <div className="card-b">
        <p className="t2">{texts.faultsText}</p>
        <ul className={classes["list"]}>
          {faultPresets.map(({ spec, title, text }) => (
            <li key={spec}>
              <Switch
                className="grow"
                label={<span className="med">{title}</span>}
                description={text}
                checked={sandbox.faults.includes(spec)}
                disabled={setFaults.isPending}
                onChange={(event) => setFaults.mutate(withFault(sandbox.faults, spec, event.currentTarget.checked))}
              />
            </li>
          ))}
        </ul>
        {setFaults.error && <ErrorPanel error={setFaults.error} />}
      </div>
    </Card>
  );
}

function Afresh({ scenario }: { scenario: string }) {
  const [size, setSize] = useState<Size>(sizes.find((each) => each.value === scenario)?.value ?? "small");
  const [isAsking, asking] = useDisclosure();
  const start = useStartSandbox();
  const navigate = useNavigate();
  const confirm = () => {
    asking.close();
    start.mutate(size, { onSuccess: (view) => void navigate({ to: "/c/$connection/overview", params: { connection: view.connection_id } }) });
  };
  return (
    <Card title={texts.afresh}>
      <div className={`card-b ${classes["afresh"]}`}>
        <p className="t2">{texts.afreshText}</p>
        <div className="row">
          <SegmentedControl aria-label={texts.size} value={size} onChange={(value) => setSize(value as Size)} data={sizes.map(({ value, label }) => ({ value, label }))} />
          <Button className="end" loading={start.isPending} onClick={asking.open}>
            {texts.afresh}…
          </Button>
        </div>
        {start.error && <ErrorPanel error={start.error} onRetry={confirm} />}
      </div>
      <Modal opened={isAsking} onClose={asking.close} title={`${texts.afresh}?`}>
        <p className="t2">{texts.afreshText}</p>
        <div className={classes["dialogActions"]}>
          <Button onClick={asking.close} data-autofocus>
            {texts.keep}
          </Button>
          <Button variant="filled" onClick={confirm}>
            {texts.afresh}
          </Button>
        </div>
      </Modal>
    </Card>
  );
}
