import { queryOptions, useMutation } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import { call } from "../../api/call";
import { collectRows } from "../../components/data-table/collectRows";
import { type ListQuery } from "../../components/data-table/listQuery";
import { useRowWindows } from "../../components/data-table/useRowWindows";
import type { Selection } from "../../components/data-table/selection";
import { toTsv } from "../../lib/tsv";
import { type ConnectionView, platform } from "../../platform";
import { copiedCells, copiedHead } from "./model";

const windowOf = (connectionId: string, query: ListQuery) => (offset: number, limit: number) => call(platform().commands.listPeople(connectionId, { ...query, offset, limit }));

const everybody: ListQuery = { search: "", filters: [], sort: null, direction: "ascending" };

/** Puts the selected people on the clipboard, as a table. People named one by one are looked for among everybody, since the filter may have moved on. */
export function useCopyPeople(connectionId: string) {
  return useMutation({
    mutationFn: async ({ selection, query }: { selection: Selection; query: ListQuery }) => {
      const people = await collectRows(windowOf(connectionId, selection.mode === "all" ? query : everybody), selection, (row) => row.key);
      await navigator.clipboard.writeText(toTsv([copiedHead, ...people.map(copiedCells)]));
      return people.length;
    },
  });
}

export function usePeople(connectionId: string, query: ListQuery) {
  const key = useMemo(() => ["people", "list", connectionId, query], [connectionId, query]);
  return useRowWindows(
    key,
    useCallback((offset: number, limit: number) => windowOf(connectionId, query)(offset, limit), [connectionId, query]),
  );
}

/** One row of the unfiltered list, for its facets and its total. */
export const peopleFacetsQuery = (connectionId: string) =>
  queryOptions({
    queryKey: ["people", "facets", connectionId],
    queryFn: () => call(platform().commands.listPeople(connectionId, { search: "", filters: [], sort: null, direction: "ascending", offset: 0, limit: 1 })),
  });

export const personQuery = (connectionId: string, key: string) =>
  queryOptions({ queryKey: ["people", "detail", connectionId, key], queryFn: () => call(platform().commands.getPerson(connectionId, key)) });

/** Protects somebody, or lifts the protection: a protected person is never touched by a run. */
export function useProtection(connection: ConnectionView | undefined) {
  return useMutation({
    mutationFn: ({ email, isProtected }: { email: string; isProtected: boolean }) => {
      if (!connection) throw new Error("The connection is gone.");
      const { draft } = connection;
      const others = draft.policy.protected_people.filter((each) => each !== email.toLowerCase());
      const protected_people = isProtected ? [...others, email.toLowerCase()] : others;
      return call(platform().commands.setConnection(connection.connection_id, { ...draft, policy: { ...draft.policy, protected_people } }));
    },
  });
}
