import { type Icon, IconActivity, IconHistory, IconLayoutDashboard, IconListCheck, IconSettings, IconUsers, IconUsersGroup } from "@tabler/icons-react";
import { texts } from "./texts";

export type NavItem = { readonly to: NavPath; readonly label: string; readonly icon: Icon; readonly key: string };
export type NavPath =
  | "/c/$connection/overview"
  | "/c/$connection/plan"
  | "/c/$connection/runs"
  | "/c/$connection/people"
  | "/c/$connection/groups"
  | "/c/$connection/events"
  | "/c/$connection/settings";
export type NavGroup = { readonly title: string | null; readonly items: readonly NavItem[] };

/** Only what exists. `key` follows the letter G. */
export const navGroups: readonly NavGroup[] = [
  { title: null, items: [{ to: "/c/$connection/overview", label: texts.overview, icon: IconLayoutDashboard, key: "o" }] },
  {
    title: texts.synchronise,
    items: [
      { to: "/c/$connection/plan", label: texts.plan, icon: IconListCheck, key: "p" },
      { to: "/c/$connection/runs", label: texts.runs, icon: IconHistory, key: "r" },
    ],
  },
  {
    title: texts.directory,
    items: [
      { to: "/c/$connection/people", label: texts.people, icon: IconUsers, key: "e" },
      { to: "/c/$connection/groups", label: texts.groups, icon: IconUsersGroup, key: "g" },
    ],
  },
  {
    title: texts.records,
    items: [
      { to: "/c/$connection/events", label: texts.events, icon: IconActivity, key: "v" },
      { to: "/c/$connection/settings", label: texts.settings, icon: IconSettings, key: "s" },
    ],
  },
];

export const navItems: readonly NavItem[] = navGroups.flatMap((group) => group.items);
