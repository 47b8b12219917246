import { useSuspenseQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { IconChevronRight, IconFlask, IconKey, IconListCheck, IconLoader2, IconPlugConnected, IconShieldHalf } from "@tabler/icons-react";
import { sessionQuery } from "../../api/queries";
import { useStartSandbox } from "../../api/useRefresh";
import { SchemeSwitch } from "../../components/SchemeSwitch";
import { ErrorPanel } from "../../components/ErrorPanel";
import { Logo } from "../../components/Logo";
import { Mesh } from "../../components/Mesh";
import { texts } from "./texts";
import classes from "./WelcomePage.module.css";

const promiseIcons = [IconListCheck, IconShieldHalf, IconKey];

export function WelcomePage() {
  const { data: session } = useSuspenseQuery(sessionQuery());
  const navigate = useNavigate();
  const sandbox = useStartSandbox();
  const start = () =>
    sandbox.mutate("small", { onSuccess: (view) => void navigate({ to: "/c/$connection/overview", params: { connection: view.connection_id } }) });

  return (
    <div className={classes["page"]}>
      <main className={classes["main"]}>
        <Logo size="big" />
        <h1>{texts.title}</h1>
        <p className={classes["lead"]}>{texts.lead}</p>
        <Mesh />
        <ul className={classes["choices"]}>
          <li>
            <button type="button" className="inset" onClick={start} disabled={sandbox.isPending}>
              <span className={`${classes["icon"]} ${classes["first"]}`}>
                {sandbox.isPending ? <IconLoader2 className="spin" size={20} stroke={1.75} aria-hidden /> : <IconFlask size={20} stroke={1.75} aria-hidden />}
              </span>
              <span className="grow">
                <b>{texts.sandbox}</b>
                <span className="t2">{sandbox.isPending ? texts.sandboxStarting : texts.sandboxText}</span>
              </span>
              <IconChevronRight className="i c-3" size={16} stroke={1.75} aria-hidden />
            </button>
          </li>
          <li>
            <Link to="/connect" className="inset">
              <span className={classes["icon"]}>
                <IconPlugConnected size={20} stroke={1.75} aria-hidden />
              </span>
              <span className="grow">
                <b>{texts.connect}</b>
                <span className="t2">{texts.connectText}</span>
              </span>
              <IconChevronRight className="i c-3" size={16} stroke={1.75} aria-hidden />
            </Link>
          </li>
        </ul>
        {sandbox.isError && <ErrorPanel error={sandbox.error} onRetry={start} />}
        <ul className={classes["promises"]}>
          {texts.promises.map((promise, index) => {
            const Icon = promiseIcons[index] ?? IconListCheck;
            return (
              <li key={promise}>
                <Icon className="i c-acc" size={14} stroke={2} aria-hidden />
                <span>{promise}</span>
              </li>
            );
          })}
        </ul>
      </main>
      <footer className={classes["footer"]}>
        <SchemeSwitch withLabels />
        <span className="end">Lockstep {session.version}</span>
      </footer>
    </div>
  );
}
