import { queryOptions } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import { call } from "../../api/call";
import { type ListQuery } from "../../components/data-table/listQuery";
import { useRowWindows } from "../../components/data-table/useRowWindows";
import { platform } from "../../platform";

export function usePeople(connectionId: string, query: ListQuery) {
  const key = useMemo(() => ["people", "list", connectionId, query], [connectionId, query]);
  return useRowWindows(
    key,
    useCallback((offset: number, limit: number) => call(platform().commands.listPeople(connectionId, { ...query, offset, limit })), [connectionId, query]),
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
