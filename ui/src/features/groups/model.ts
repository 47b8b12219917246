import type { FacetGroup } from "../../components/data-table/Facets";
import { groupState } from "../../components/group/words";
import type { GroupsSearch } from "../../components/listSearch";
import { formatCount } from "../../lib/format";
import { plural } from "../../lib/plural";
import type { BlastRadius, Facet, GroupPage, GroupRow } from "../../platform";
import { texts } from "./texts";

/** Whether JumpCloud has it bound now: what is said of unbinding is said of those only. */
export const isBound = ({ state }: GroupRow): boolean => state !== "unbound" && state !== "released" && state !== "deleted";

/** What a group's page is found by. */
export const groupKey = (row: GroupRow): string => row.source_id ?? row.target_id ?? row.name;

export function facetGroups(facets: readonly Facet[], search: GroupsSearch): FacetGroup[] {
  const group = (field: "state" | "only_path" | "overlap", title: string, word: (value: string) => string): FacetGroup => ({
    field,
    title,
    chosen: search[field] ?? [],
    options: facets.filter((facet) => facet.field === field && facet.count > 0).map(({ value, count }) => ({ value, count, label: word(value) })).sort((a, b) => b.count - a.count),
  });
  return [
    group("state", texts.facetState, (value) => shortStates[value] ?? groupState(value).word),
    group("only_path", texts.facetOnly, (value) => (value === "yes" ? "Some people" : "Nobody")),
    group("overlap", texts.facetOverlap, (value) => (value === "yes" ? "Elsewhere too" : "Only here")),
  ].filter((each) => each.options.length > 1 || each.chosen.length > 0);
}

/** Where there is room for two words only. */
const shortStates: Record<string, string> = { waiting_for_atlassian: "Waiting", deleted: "Deleted" };

const people = (count: number) => plural(count, "person", "people");

/** What is left of the members besides those listed by name. */
export function radiusRest({ inactive_already, without_account }: BlastRadius): string {
  return [
    inactive_already > 0 ? `${people(inactive_already)} inactive already` : "",
    without_account > 0 ? `${people(without_account)} without an account` : "",
  ]
    .filter(Boolean)
    .join(", ");
}

/** Consequence first, number second. */
export function unbindConsequence(radius: BlastRadius): string {
  const { deactivated_total, keeps_total, unknown } = radius;
  const untold = unknown > 0 ? ` Of ${people(unknown)} it cannot be told.` : "";
  if (deactivated_total === 0) return keeps_total === 0 ? `Nobody would be deactivated.${untold}` : `Nobody would be deactivated: ${keeps_total === 1 ? "its one member keeps the account" : `all ${formatCount(keeps_total)} keep their accounts`} through other bound groups.${untold}`;
  return `${people(deactivated_total)} would be deactivated in Atlassian, since no other bound group has them.${keeps_total > 0 ? ` ${people(keeps_total)} ${keeps_total === 1 ? "keeps" : "keep"} the account through other groups.` : ""}${untold}`;
}

/** The button says what it does and to how many. */
export function unbindVerb(name: string, { deactivated_total }: BlastRadius): string {
  return deactivated_total === 0 ? `Unbind ${name.trim()}` : `Unbind, deactivating ${formatCount(deactivated_total)}`;
}

/** The title of the reason: what the state means, as a question that the text answers. */
export function whyTitle({ row }: GroupPage): string {
  switch (row.state) {
    case "managed":
      return `Why ${row.name} is synced`;
    case "new":
      return `Why ${row.name} would be created`;
    case "waiting_for_atlassian":
      return `What ${row.name} waits for`;
    default:
      return `Why ${row.name} is not synced`;
  }
}
