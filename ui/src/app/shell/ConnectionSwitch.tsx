import { Menu } from "@mantine/core";
import { IconCheck, IconFlask, IconPlugConnected, IconSelector } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { Logo } from "../../components/Logo";
import type { ConnectionView, Session } from "../../platform";
import classes from "./Shell.module.css";
import { texts } from "./texts";

const nameOf = (connection: ConnectionView) => connection.draft.name;
const kindOf = (connection: ConnectionView) => (connection.is_sandbox ? texts.sandbox : texts.production);

export function ConnectionSwitch({ session, current, onSandbox }: { session: Session; current: ConnectionView; onSandbox: () => void }) {
  const navigate = useNavigate();
  const open = (connection: string) => void navigate({ to: "/c/$connection/overview", params: { connection } });
  return (
    <Menu position="bottom-start" width={240}>
      <Menu.Target>
        <button type="button" className={classes["connection"]} title="Change connection">
          <Logo />
          <span className="grow">
            <span className="sr">Connection </span>
            <b className="cut">{nameOf(current)}</b>
            <small>{kindOf(current)}</small>
          </span>
          <IconSelector className="i c-3" size={16} stroke={1.75} aria-hidden />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Connections</Menu.Label>
        {session.connections.map((connection) => (
          <Menu.Item
            key={connection.connection_id}
            onClick={() => open(connection.connection_id)}
            rightSection={connection.connection_id === current.connection_id ? <IconCheck size={14} stroke={2} aria-label="current" /> : undefined}
          >
            {nameOf(connection)} <span className="t2">{kindOf(connection)}</span>
          </Menu.Item>
        ))}
        <Menu.Divider />
        {!session.sandbox && (
          <Menu.Item leftSection={<IconFlask size={16} stroke={1.75} aria-hidden />} onClick={onSandbox}>
            {texts.trySandbox}
          </Menu.Item>
        )}
        <Menu.Item leftSection={<IconPlugConnected size={16} stroke={1.75} aria-hidden />} onClick={() => void navigate({ to: "/connect" })}>
          {texts.connect}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
