import { ActionIcon } from "@mantine/core";
import { IconKeyboard, IconSearch } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { Count } from "../../components/Count";
import type { ConnectionView, Overview, Session } from "../../platform";
import { ConnectionSwitch } from "./ConnectionSwitch";
import { itemsFor, type NavPath, navGroups } from "./nav";
import { SchemeSwitch } from "../../components/SchemeSwitch";
import classes from "./Shell.module.css";
import { texts } from "./texts";

type Props = {
  session: Session;
  connection: ConnectionView;
  overview: Overview | undefined;
  onSearch: () => void;
  onShortcuts: () => void;
  onSandbox: () => void;
};

export function Nav({ session, connection, overview, onSearch, onShortcuts, onSandbox }: Props) {
  const waiting = countsOf(overview);
  const isMac = navigator.platform.startsWith("Mac");
  return (
    <div className={classes["nav"]}>
      <ConnectionSwitch session={session} current={connection} onSandbox={onSandbox} />
      <button type="button" className={classes["command"]} aria-keyshortcuts={isMac ? "Meta+K" : "Control+K"} onClick={onSearch}>
        <IconSearch className="i" size={14} stroke={2} aria-hidden />
        <span className="grow cut">{texts.search}</span>
        <kbd>{isMac ? "⌘ K" : "Ctrl K"}</kbd>
      </button>
      {navGroups.map((group) => (
        <div key={group.title ?? ""}>
          {group.title && <h2>{group.title}</h2>}
          <ul>
            {itemsFor(group.items, connection.is_sandbox).map(({ to, label, icon: Icon }) => {
              const count = waiting[to];
              return (
                <li key={to}>
                  <Link to={to} params={{ connection: connection.connection_id }} activeOptions={{ includeSearch: false }} className={classes["item"]}>
                    <Icon className="i" size={16} stroke={1.75} aria-hidden />
                    <span className="grow">{label}</span>
                    {count && count.value > 0 && <Count {...count} label="waiting" />}
                  </Link>
                </li>
              );
            })}
          </ul>
        </div>
      ))}
      <div className={classes["foot"]}>
        <SchemeSwitch />
        <ActionIcon className="end" aria-label={texts.shortcuts} onClick={onShortcuts}>
          <IconKeyboard size={16} stroke={1.75} aria-hidden />
        </ActionIcon>
      </div>
    </div>
  );
}

/** What waits for the admin, per screen. An applied plan waits for nobody. */
function countsOf(overview: Overview | undefined): Partial<Record<NavPath, { value: number; tone: "neutral" | "warn" | "bad" }>> {
  const plan = overview?.plan;
  return {
    "/c/$connection/plan": { value: plan && plan.state === "open" ? plan.counts.all : 0, tone: "warn" },
    "/c/$connection/review": { value: overview?.open_conflicts ?? 0, tone: "warn" },
    "/c/$connection/runs": { value: overview?.failed_operations ?? 0, tone: "bad" },
  };
}
