import { type Icon, IconActivity, IconFlask, IconGitCompare, IconHistory, IconLayoutDashboard, IconListCheck, IconSettings, IconUsers, IconUsersGroup } from "@tabler/icons-react";
import { texts } from "./texts";

export type NavItem = { readonly to: NavPath; readonly label: string; readonly icon: Icon; readonly key: string; readonly isForSandbox?: true };
export type NavPath =
  | "/c/$connection/overview"
  | "/c/$connection/plan"
  | "/c/$connection/runs"
  | "/c/$connection/people"
  | "/c/$connection/groups"
  | "/c/$connection/review"
  | "/c/$connection/events"
  | "/c/$connection/settings"
  | "/c/$connection/sandbox";
export type NavGroup = { readonly title: string | null; readonly items: readonly NavItem[] };

/** Only what exists. `key` follows the letter G. */
export const navGroups: readonly NavGroup[] = [
  {
    title: null,
    items: [
      { to: "/c/$connection/overview", label: texts.overview, icon: IconLayoutDashboard, key: "o" },
      { to: "/c/$connection/sandbox", label: texts.sandboxPage, icon: IconFlask, key: "b", isForSandbox: true },
    ],
  },
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
      { to: "/c/$connection/review", label: texts.review, icon: IconGitCompare, key: "w" },
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

/** What a connection's navigation offers: the sandbox has a screen of its own. */
export const itemsFor = (items: readonly NavItem[], isSandbox: boolean): readonly NavItem[] => items.filter((item) => isSandbox || !item.isForSandbox);

export const navItems: readonly NavItem[] = navGroups.flatMap((group) => group.items);
