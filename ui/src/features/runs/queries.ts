import { useMutation } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import { call } from "../../api/call";
import type { ListQuery } from "../../components/data-table/listQuery";
import { useRowWindows } from "../../components/data-table/useRowWindows";
import { platform } from "../../platform";

export function useRuns(connectionId: string, query: ListQuery) {
  const key = useMemo(() => ["runs", "list", connectionId, query], [connectionId, query]);
  return useRowWindows(
    key,
    useCallback((offset: number, limit: number) => call(platform().commands.listRuns(connectionId, { ...query, offset, limit })), [connectionId, query]),
  );
}

export function useRunOperations(runId: string, query: ListQuery) {
  const key = useMemo(() => ["runs", "operations", runId, query], [runId, query]);
  return useRowWindows(
    key,
    useCallback((offset: number, limit: number) => call(platform().commands.listRunOperations(runId, { ...query, offset, limit })), [runId, query]),
  );
}

export function useStopRun(runId: string) {
  return useMutation({ mutationFn: () => call(platform().commands.stopRun(runId)) });
}
