import { keepPreviousData, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import { call } from "../../api/call";
import { readAgain } from "../../api/tags";
import { collectRows } from "../../components/data-table/collectRows";
import type { ListQuery } from "../../components/data-table/listQuery";
import type { Selection } from "../../components/data-table/selection";
import { useRowWindows } from "../../components/data-table/useRowWindows";
import { type ConflictRow, type DecideAnswer, type DecisionInput, platform } from "../../platform";

const windowOf = (connectionId: string, query: ListQuery) => (offset: number, limit: number) => call(platform().commands.listConflicts(connectionId, { ...query, offset, limit }));
const everything: ListQuery = { search: "", filters: [], sort: null, direction: "ascending" };

export function useConflicts(connectionId: string, query: ListQuery) {
  const key = useMemo(() => ["conflicts", "list", connectionId, query], [connectionId, query]);
  return useRowWindows(
    key,
    useCallback((offset: number, limit: number) => windowOf(connectionId, query)(offset, limit), [connectionId, query]),
  );
}

/** One row of the unfiltered list, for its facets and its total. */
export const conflictFacetsQuery = (connectionId: string) =>
  queryOptions({ queryKey: ["conflicts", "facets", connectionId], queryFn: () => windowOf(connectionId, everything)(0, 1) });

export const conflictQuery = (connectionId: string, conflict: string) =>
  queryOptions({ queryKey: ["conflicts", "detail", connectionId, conflict], queryFn: () => call(platform().commands.getConflict(connectionId, conflict)) });

/** The account behind an answer, by its SCIM id: an id tells a person nothing. */
export const accountQuery = (connectionId: string, scimId: string) =>
  queryOptions({ queryKey: ["people", "account", connectionId, scimId], queryFn: async () => (await call(platform().commands.getPerson(connectionId, `scim:${scimId}`))).row });

/** The rows that are selected, whole: what a decision for many amounts to is counted over them, on the screen or not. */
export const selectedQuery = (connectionId: string, selection: Selection, query: ListQuery) => {
  const named = selection.mode === "some" ? [...selection.keys].sort() : { except: [...selection.except].sort(), query };
  return queryOptions<ConflictRow[]>({
    queryKey: ["conflicts", "selected", connectionId, named],
    queryFn: () => collectRows(windowOf(connectionId, selection.mode === "all" ? query : everything), selection, (row) => row.id),
    placeholderData: keepPreviousData,
  });
};

/** Records decisions; what it answers names each that was refused, with its reason. */
export function useDecide(connectionId: string) {
  const client = useQueryClient();
  return useMutation<DecideAnswer, Error, DecisionInput[]>({
    mutationFn: (decisions) => call(platform().commands.decide(connectionId, decisions)),
    // Refused for newer facts: those are to be on the screen with the refusal.
    onSettled: () => readAgain(client, ["conflicts"]),
  });
}

export function useWithdraw(connectionId: string) {
  const client = useQueryClient();
  return useMutation<DecideAnswer, Error, string[]>({
    mutationFn: (conflicts) => call(platform().commands.withdrawDecisions(connectionId, conflicts)),
    onSettled: () => readAgain(client, ["conflicts"]),
  });
}
