import { Spotlight, type SpotlightActionData, type SpotlightActionGroupData } from "@mantine/spotlight";
import { IconGitCompare, IconLink, IconRefresh, IconSearch, IconUser, IconUsersGroup } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { call } from "../../api/call";
import { groupState } from "../../components/group/words";
import { platform } from "../../platform";
import { itemsFor, navItems } from "./nav";
import { paletteStore, selectFirst } from "./paletteStore";
import { texts } from "./texts";

const PEOPLE_FOUND = 6;
const GROUPS_FOUND = 4;

/** Ctrl or ⌘ K: people first when it looks like a name, then the screens, then what can be done. */
export function Palette({ connectionId, isSandbox, onRefresh }: { connectionId: string; isSandbox: boolean; onRefresh: () => void }) {
  const navigate = useNavigate();
  const [query, setQuery] = useState("");
  const wanted = query.trim();
  const people = useQuery({
    queryKey: ["people", "palette", connectionId, wanted],
    enabled: wanted.length >= 2,
    queryFn: () => call(platform().commands.listPeople(connectionId, { search: wanted, filters: [], sort: null, direction: "ascending", offset: 0, limit: PEOPLE_FOUND })),
  });
  const groupsFound = useQuery({
    queryKey: ["groups", "palette", connectionId, wanted],
    enabled: wanted.length >= 2,
    queryFn: () => call(platform().commands.listGroups(connectionId, { search: wanted, filters: [], sort: null, direction: "ascending", offset: 0, limit: GROUPS_FOUND })),
  });
  useEffect(() => {
    if (people.data || groupsFound.data) selectFirst();
  }, [people.data, groupsFound.data]);
  const found: SpotlightActionData[] = (wanted.length >= 2 ? (people.data?.rows ?? []) : []).map((person) => ({
    id: person.key,
    label: person.name,
    description: person.email ?? undefined,
    leftSection: <IconUser size={16} stroke={1.75} aria-hidden />,
    onClick: () => void navigate({ to: "/c/$connection/people/$person", params: { connection: connectionId, person: person.key } }),
  }));
  const foundGroups: SpotlightActionData[] = (wanted.length >= 2 ? (groupsFound.data?.rows ?? []) : []).map((group) => ({
    id: `group-${group.source_id ?? group.target_id ?? group.name}`,
    label: group.name,
    description: groupState(group.state).word,
    leftSection: <IconUsersGroup size={16} stroke={1.75} aria-hidden />,
    onClick: () => void navigate({ to: "/c/$connection/groups/$group", params: { connection: connectionId, group: group.source_id ?? group.target_id ?? group.name } }),
  }));
  const screens: SpotlightActionData[] = itemsFor(navItems, isSandbox).map(({ to, label, icon: Icon, key }) => ({
    id: to,
    label,
    leftSection: <Icon size={16} stroke={1.75} aria-hidden />,
    rightSection: (
      <span className="row" aria-hidden>
        <kbd>G</kbd>
        <kbd>{key.toUpperCase()}</kbd>
      </span>
    ),
    onClick: () => void navigate({ to, params: { connection: connectionId } }),
  }));
  const actions: SpotlightActionData[] = [
    { id: "refresh", label: texts.readBoth, leftSection: <IconRefresh size={16} stroke={1.75} aria-hidden />, onClick: onRefresh },
    { id: "undecided", label: texts.undecided, leftSection: <IconGitCompare size={16} stroke={1.75} aria-hidden />, onClick: () => void navigate({ to: "/c/$connection/review", params: { connection: connectionId }, search: { status: ["open", "facts_changed", "later"] } }) },
    { id: "losing", label: texts.losing, leftSection: <IconGitCompare size={16} stroke={1.75} aria-hidden />, onClick: () => void navigate({ to: "/c/$connection/review", params: { connection: connectionId }, search: { losing: ["yes"] } }) },
    { id: "bind", label: texts.bind, leftSection: <IconLink size={16} stroke={1.75} aria-hidden />, onClick: () => void navigate({ to: "/c/$connection/groups", params: { connection: connectionId }, search: { bind: true } }) },
  ];
  const matches = (action: SpotlightActionData) => (action.label ?? "").toLowerCase().includes(wanted.toLowerCase());
  const groups: SpotlightActionGroupData[] = [
    { group: "People", actions: found },
    { group: "Groups", actions: foundGroups },
    { group: "Go to", actions: screens.filter(matches) },
    { group: "Actions", actions: actions.filter(matches) },
  ].filter((group) => group.actions.length > 0);

  return (
    <Spotlight
      store={paletteStore}
      actions={groups}
      filter={(_query, all) => all}
      query={query}
      onQueryChange={setQuery}
      shortcut="mod + K"
      nothingFound={people.isFetching ? "Looking…" : "Nothing found"}
      scrollable
      maxHeight={420}
      size={560}
      radius="lg"
      overlayProps={{ color: "var(--scrim)", backgroundOpacity: 1, blur: 0 }}
      searchProps={{ leftSection: <IconSearch size={16} stroke={1.75} aria-hidden />, placeholder: texts.search, "aria-label": texts.search }}
    />
  );
}
