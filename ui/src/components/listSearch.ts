/** What the address of a list says: the text looked for, the facets chosen, the order, the open row. */
export type ListSearch = {
  q?: string;
  sort?: string;
  desc?: boolean;
  open?: string;
};
export type PlanSearch = ListSearch & { kind?: string[]; state?: string[]; held_by?: string[]; reason?: string[] };
export type RunSearch = ListSearch & { kind?: string[]; state?: string[] };
export type PeopleSearch = ListSearch & { situation?: string[]; source_state?: string[]; target_state?: string[]; sync_state?: string[] };
export type GroupsSearch = ListSearch & { state?: string[]; only_path?: string[]; overlap?: string[]; bind?: boolean };
export type ReviewSearch = ListSearch & { kind?: string[]; status?: string[]; choice?: string[]; losing?: string[] };
/** What a group's page opens on. */
export type GroupSearch = { show?: "unbound" | "deleted" };
export type EventsSearch = ListSearch & { outcome?: string[] };

const text = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);
const texts = (value: unknown): string[] | undefined => {
  if (!Array.isArray(value)) return undefined;
  const found = value.filter((each): each is string => typeof each === "string");
  return found.length > 0 ? found : undefined;
};

function readList(search: Record<string, unknown>): ListSearch {
  return withoutAbsent({ q: text(search["q"]), sort: text(search["sort"]), desc: search["desc"] === true ? true : undefined, open: text(search["open"]) });
}

/** Leaves out what is not there, so that addresses stay short. */
function withoutAbsent<T extends Record<string, unknown>>(search: T): { [Key in keyof T]?: NonNullable<T[Key]> } {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined)) as { [Key in keyof T]?: NonNullable<T[Key]> };
}

export const readPlanSearch = (search: Record<string, unknown>): PlanSearch => ({
  ...readList(search),
  ...withoutAbsent({ kind: texts(search["kind"]), state: texts(search["state"]), held_by: texts(search["held_by"]), reason: texts(search["reason"]) }),
});
export const readRunSearch = (search: Record<string, unknown>): RunSearch => ({ ...readList(search), ...withoutAbsent({ kind: texts(search["kind"]), state: texts(search["state"]) }) });
export const readPeopleSearch = (search: Record<string, unknown>): PeopleSearch => ({
  ...readList(search),
  ...withoutAbsent({ situation: texts(search["situation"]), source_state: texts(search["source_state"]), target_state: texts(search["target_state"]), sync_state: texts(search["sync_state"]) }),
});
export const readGroupsSearch = (search: Record<string, unknown>): GroupsSearch => ({
  ...readList(search),
  ...withoutAbsent({ state: texts(search["state"]), only_path: texts(search["only_path"]), overlap: texts(search["overlap"]), bind: search["bind"] === true ? true : undefined }),
});
export const readReviewSearch = (search: Record<string, unknown>): ReviewSearch => ({
  ...readList(search),
  ...withoutAbsent({ kind: texts(search["kind"]), status: texts(search["status"]), choice: texts(search["choice"]), losing: texts(search["losing"]) }),
});
export const readGroupSearch = (search: Record<string, unknown>): GroupSearch => {
  const show = search["show"];
  return show === "unbound" || show === "deleted" ? { show } : {};
};
export const readEventsSearch = (search: Record<string, unknown>): EventsSearch => ({ ...readList(search), ...withoutAbsent({ outcome: texts(search["outcome"]) }) });
