import { MantineProvider } from "@mantine/core";
import { ModalsProvider } from "@mantine/modals";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { createHashHistory, type RouterHistory, RouterProvider } from "@tanstack/react-router";
import { setNonce } from "get-nonce";
import type { ReactElement } from "react";
import { followEngine } from "../api/followEngine";
import { createQueryClient } from "../api/queryClient";
import { notify } from "../components/notify";
import { createAppRouter } from "../routes/router";
import { formatCount } from "../lib/format";
import { plural } from "../lib/plural";
import type { RunView } from "../platform";
import { styleNonce } from "./nonce";
import { cssVariablesResolver, theme } from "./theme";

/** Long enough for the way from the approval to the run's page. */
const NOTICE_AFTER_MS = 1000;

/** Puts the window together: cache, routes, theme. The platform must have been loaded. */
export function createApp(history: RouterHistory = createHashHistory()): ReactElement {
  const nonce = styleNonce();
  if (nonce !== undefined) setNonce(nonce);
  const client = createQueryClient();
  const router = createAppRouter(client, history);
  followEngine(client, {
    onRunEnded: (run) => {
      // A short run ends before the page that follows its approval is there: whoever is on the way to it needs no notice.
      window.setTimeout(() => {
        if (!router.latestLocation.pathname.includes(run.run_id)) notify(`Run ${run.number} finished`, endOf(run));
      }, NOTICE_AFTER_MS);
    },
  });
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariablesResolver} defaultColorScheme="auto" {...(nonce === undefined ? {} : { getStyleNonce: () => nonce })}>
      <QueryClientProvider client={client}>
        <ModalsProvider>
          <Notifications position="bottom-right" />
          <RouterProvider router={router} />
        </ModalsProvider>
      </QueryClientProvider>
    </MantineProvider>
  );
}


/** "40 of 41 done, 2 differences found". */
function endOf({ progress, differences }: RunView): string {
  return `${formatCount(progress.done)} of ${formatCount(progress.total)} done, ${plural(differences.length, "difference")} found`;
}
