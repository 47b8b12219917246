import type { QueryClient } from "@tanstack/react-query";
import { createRootRouteWithContext, createRoute, createRouter, lazyRouteComponent, Outlet, redirect, type RouterHistory } from "@tanstack/react-router";
import { sessionQuery } from "../api/queries";
import { ErrorPanel } from "../components/ErrorPanel";
import { ShellRoute } from "./ShellRoute";
import { readEventsSearch, readGroupSearch, readGroupsSearch, readPeopleSearch, readPlanSearch, readReviewSearch, readRunSearch } from "../components/listSearch";

type Context = { client: QueryClient };

const root = createRootRouteWithContext<Context>()({
  component: Outlet,
  loader: ({ context }) => context.client.ensureQueryData(sessionQuery()),
  errorComponent: ({ error, reset }) => <ErrorPanel error={error} onRetry={reset} />,
  notFoundComponent: () => <ErrorPanel error={new Error("There is no such screen.")} />,
});

const index = createRoute({
  getParentRoute: () => root,
  path: "/",
  beforeLoad: async ({ context }) => {
    const session = await context.client.ensureQueryData(sessionQuery());
    const first = session.connections[0];
    if (!first) throw redirect({ to: "/welcome" });
    throw redirect({ to: "/c/$connection/overview", params: { connection: first.connection_id } });
  },
});

const welcome = createRoute({ getParentRoute: () => root, path: "/welcome", component: lazyRouteComponent(() => import("../features/setup/WelcomePage"), "WelcomePage") });
const connect = createRoute({ getParentRoute: () => root, path: "/connect", component: lazyRouteComponent(() => import("../features/setup/ConnectPage"), "ConnectPage") });
const connection = createRoute({ getParentRoute: () => root, path: "/c/$connection", component: ShellRoute });

const overview = createRoute({ getParentRoute: () => connection, path: "overview", component: lazyRouteComponent(() => import("./OverviewRoute"), "OverviewRoute") });
const plan = createRoute({ getParentRoute: () => connection, path: "plan", validateSearch: readPlanSearch, component: lazyRouteComponent(() => import("./PlanRoute"), "PlanRoute") });
const runs = createRoute({ getParentRoute: () => connection, path: "runs", component: lazyRouteComponent(() => import("./RunsRoute"), "RunsRoute") });
const run = createRoute({ getParentRoute: () => connection, path: "runs/$run", validateSearch: readRunSearch, component: lazyRouteComponent(() => import("./RunRoute"), "RunRoute") });
const people = createRoute({ getParentRoute: () => connection, path: "people", validateSearch: readPeopleSearch, component: lazyRouteComponent(() => import("./PeopleRoute"), "PeopleRoute") });
const person = createRoute({ getParentRoute: () => connection, path: "people/$person", component: lazyRouteComponent(() => import("./PersonRoute"), "PersonRoute") });
const groups = createRoute({ getParentRoute: () => connection, path: "groups", validateSearch: readGroupsSearch, component: lazyRouteComponent(() => import("./GroupsRoute"), "GroupsRoute") });
const group = createRoute({ getParentRoute: () => connection, path: "groups/$group", validateSearch: readGroupSearch, component: lazyRouteComponent(() => import("./GroupRoute"), "GroupRoute") });
const review = createRoute({ getParentRoute: () => connection, path: "review", validateSearch: readReviewSearch, component: lazyRouteComponent(() => import("./ReviewRoute"), "ReviewRoute") });
const events = createRoute({ getParentRoute: () => connection, path: "events", validateSearch: readEventsSearch, component: lazyRouteComponent(() => import("./EventsRoute"), "EventsRoute") });
const settings = createRoute({ getParentRoute: () => connection, path: "settings", component: lazyRouteComponent(() => import("./SettingsRoute"), "SettingsRoute") });

const sandbox = createRoute({ getParentRoute: () => connection, path: "sandbox", component: lazyRouteComponent(() => import("./SandboxRoute"), "SandboxRoute") });

const routeTree = root.addChildren([index, welcome, connect, connection.addChildren([overview, plan, runs, run, people, person, groups, group, review, events, settings, sandbox])]);

export function createAppRouter(client: QueryClient, history: RouterHistory) {
  return createRouter({ routeTree, history, context: { client }, defaultPreload: false, scrollRestoration: false });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
