import { keepPreviousData, useQueries, useQuery, type QueryKey } from "@tanstack/react-query";
import { useCallback, useMemo, useState } from "react";
import type { RowWindow } from "./types";

/** The other side refuses more than 200; half of it keeps one screen within two windows. */
export const WINDOW_ROWS = 100;

export type RowWindows<Row> = {
  readonly total: number | undefined;
  readonly rowAt: (index: number) => Row | undefined;
  readonly setVisibleRange: (first: number, last: number) => void;
  readonly isLoading: boolean;
  /** Rows of the previous filter are shown until those of the new one arrive. */
  readonly isStale: boolean;
  readonly error: Error | null;
  readonly retry: () => void;
};

/** Fetches the windows of a long list that are on the screen, and no others. */
export function useRowWindows<Row>(queryKey: QueryKey, fetchWindow: (offset: number, limit: number) => Promise<RowWindow<Row>>): RowWindows<Row> {
  const [visible, setVisible] = useState({ first: 0, last: 0 });
  const head = useQuery({
    queryKey: [...queryKey, "window", 0],
    queryFn: () => fetchWindow(0, WINDOW_ROWS),
    placeholderData: keepPreviousData,
  });

  const pages = useMemo(() => {
    const from = Math.max(1, Math.floor(visible.first / WINDOW_ROWS));
    const to = Math.floor(visible.last / WINDOW_ROWS);
    return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
  }, [visible]);
  const others = useQueries({
    queries: pages.map((page) => ({
      queryKey: [...queryKey, "window", page],
      queryFn: () => fetchWindow(page * WINDOW_ROWS, WINDOW_ROWS),
    })),
  });

  const total = head.data?.total;
  const rowAt = useCallback(
    (index: number): Row | undefined => {
      const page = Math.floor(index / WINDOW_ROWS);
      const data = page === 0 ? head.data : others[pages.indexOf(page)]?.data;
      return data?.rows[index - page * WINDOW_ROWS];
    },
    [head.data, others, pages],
  );
  const setVisibleRange = useCallback((first: number, last: number) => {
    setVisible((current) => (current.first === first && current.last === last ? current : { first, last }));
  }, []);
  const failed = others.find((query) => query.error);

  return {
    total,
    rowAt,
    setVisibleRange,
    isLoading: head.isPending,
    isStale: head.isPlaceholderData,
    error: head.error ?? failed?.error ?? null,
    retry: () => {
      void head.refetch();
      others.filter((query) => query.error).forEach((query) => void query.refetch());
    },
  };
}

/** Where a row stands, if it is in the first window: an address that names an open row says nothing about that. */
export function indexOfLoaded<Row>(key: string | undefined, { rowAt }: RowWindows<Row>, keyOf: (row: Row) => string): number | null {
  if (key === undefined) return null;
  const found = Array.from({ length: WINDOW_ROWS }, (_, index) => rowAt(index)).findIndex((row) => row !== undefined && keyOf(row) === key);
  return found === -1 ? null : found;
}
