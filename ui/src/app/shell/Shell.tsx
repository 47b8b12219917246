import { AppShell } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { Navigate, Outlet, useNavigate } from "@tanstack/react-router";
import { notifyError } from "../../components/notify";
import { overviewQuery, sessionQuery } from "../../api/queries";
import { useRefresh, useStartSandbox } from "../../api/useRefresh";
import { Nav } from "./Nav";
import { Palette } from "./Palette";
import { palette } from "./paletteStore";
import classes from "./Shell.module.css";
import { ShortcutsDialog } from "./ShortcutsDialog";
import { StatusStrip } from "./StatusStrip";
import { useFocusOnArrival } from "./useFocusOnArrival";
import { useGoKeys } from "./useGoKeys";

const NAV_WIDTH = 208;
const STRIP_HEIGHT = 28;

export function Shell({ connectionId }: { connectionId: string }) {
  const { data: session } = useSuspenseQuery(sessionQuery());
  const connection = session.connections.find((each) => each.connection_id === connectionId);
  const overview = useQuery({ ...overviewQuery(connectionId), enabled: connection !== undefined });
  const [areShortcutsOpen, shortcuts] = useDisclosure();
  const navigate = useNavigate();
  const refresh = useRefresh(connectionId);
  const sandbox = useStartSandbox();
  useGoKeys(connectionId, connection?.is_sandbox ?? false);
  useFocusOnArrival();
  if (!connection) return <Navigate to="/" />;

  const startRefresh = () => refresh.mutate(undefined, { onError: notifyError });
  const startSandbox = () =>
    sandbox.mutate("small", { onError: notifyError, onSuccess: (view) => void navigate({ to: "/c/$connection/overview", params: { connection: view.connection_id } }) });
  return (
    <>
      <a className={classes["skip"]} href="#main" onClick={(event) => (event.preventDefault(), document.getElementById("main")?.focus())}>
        Skip to content
      </a>
      <AppShell layout="default" navbar={{ width: NAV_WIDTH, breakpoint: 0 }} footer={{ height: STRIP_HEIGHT }} transitionDuration={0}>
        <AppShell.Navbar className={classes["navbar"]} aria-label="Main">
          <Nav session={session} connection={connection} overview={overview.data} onSearch={palette.open} onShortcuts={shortcuts.open} onSandbox={startSandbox} />
        </AppShell.Navbar>
        <AppShell.Main className={classes["main"]}>
          <div id="main" tabIndex={-1}>
            <Outlet />
          </div>
        </AppShell.Main>
        <AppShell.Footer className={classes["footer"]} aria-label="Status">
          <StatusStrip session={session} connection={connection} overview={overview.data} />
        </AppShell.Footer>
      </AppShell>
      <Palette connectionId={connectionId} isSandbox={connection.is_sandbox} onRefresh={startRefresh} />
      <ShortcutsDialog isSandbox={connection.is_sandbox} opened={areShortcutsOpen} onClose={shortcuts.close} />
    </>
  );
}
