import { keepPreviousData, queryOptions, skipToken, useMutation, useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import { call } from "../../api/call";
import { readAgain } from "../../api/tags";
import type { ListQuery } from "../../components/data-table/listQuery";
import { useRowWindows } from "../../components/data-table/useRowWindows";
import { type ConnectionView, platform } from "../../platform";

export function useGroups(connectionId: string, query: ListQuery) {
  const key = useMemo(() => ["groups", "list", connectionId, query], [connectionId, query]);
  return useRowWindows(
    key,
    useCallback((offset: number, limit: number) => call(platform().commands.listGroups(connectionId, { ...query, offset, limit })), [connectionId, query]),
  );
}

/** One row of the unfiltered list, for its facets and its total. */
export const groupFacetsQuery = (connectionId: string) =>
  queryOptions({ queryKey: ["groups", "facets", connectionId], queryFn: () => call(platform().commands.listGroups(connectionId, { search: "", filters: [], sort: null, direction: "ascending", offset: 0, limit: 1 })) });

export const groupQuery = (connectionId: string, key: string) => queryOptions({ queryKey: ["groups", "detail", connectionId, key], queryFn: () => call(platform().commands.getGroup(connectionId, key)) });

export const bindableQuery = (connectionId: string, search: string) =>
  queryOptions({ queryKey: ["groups", "bindable", connectionId, search], queryFn: () => call(platform().commands.bindableGroups(connectionId, search)), placeholderData: keepPreviousData });

export const bindPreviewQuery = (connectionId: string, group: string | null) =>
  queryOptions({ queryKey: ["groups", "bindPreview", connectionId, group], queryFn: group === null ? skipToken : () => call(platform().commands.bindPreview(connectionId, group)) });

/** Binds or unbinds with the figures that were shown; with others it is refused, and the new ones are read. */
export function useBinding(connectionId: string, what: "bind" | "unbind") {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ group, confirmation }: { group: string; confirmation: string }) => call(what === "bind" ? platform().commands.bindGroup(connectionId, group, confirmation) : platform().commands.unbindGroup(connectionId, group, confirmation)),
    onError: () => readAgain(client, ["groups"]),
  });
}

/** Protects a group, or lifts the protection: a protected group is never touched by a run. */
export function useGroupProtection(connection: ConnectionView | undefined) {
  return useMutation({
    mutationFn: ({ name, isProtected }: { name: string; isProtected: boolean }) => {
      if (!connection) throw new Error("The connection is gone.");
      const { draft } = connection;
      const others = draft.policy.protected_groups.filter((each) => each.toLowerCase() !== name.toLowerCase());
      const protected_groups = isProtected ? [...others, name] : others;
      return call(platform().commands.setConnection(connection.connection_id, { ...draft, policy: { ...draft.policy, protected_groups } }));
    },
  });
}
