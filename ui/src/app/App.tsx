import { MantineProvider } from "@mantine/core";
import { ModalsProvider } from "@mantine/modals";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { createHashHistory, type RouterHistory, RouterProvider } from "@tanstack/react-router";
import { setNonce } from "get-nonce";
import type { ReactElement } from "react";
import { AppError } from "../api/call";
import { followEngine } from "../api/followEngine";
import { createQueryClient } from "../api/queryClient";
import { notify, notifyError } from "../components/notify";
import { createAppRouter } from "../routes/router";
import { styleNonce } from "./nonce";
import { cssVariablesResolver, theme } from "./theme";

/** Puts the window together: cache, routes, theme. The platform must have been loaded. */
export function createApp(history: RouterHistory = createHashHistory()): ReactElement {
  const nonce = styleNonce();
  if (nonce !== undefined) setNonce(nonce);
  const client = createQueryClient();
  const router = createAppRouter(client, history);
  followEngine(client, {
    onJobFailed: (_connection, error) => notifyError(new AppError(error)),
    onRunEnded: () => notify("The run is over", "Its page shows what was done and what was found."),
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

