import { queryOptions, skipToken, useMutation } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import { call } from "../../api/call";
import type { ListQuery } from "../../components/data-table/listQuery";
import { useRowWindows } from "../../components/data-table/useRowWindows";
import { type Approval, type PlanView, platform } from "../../platform";

export function useOperations(planId: string, query: ListQuery) {
  const key = useMemo(() => ["plan", "operations", planId, query], [planId, query]);
  return useRowWindows(
    key,
    useCallback((offset: number, limit: number) => call(platform().commands.listOperations(planId, { ...query, offset, limit })), [planId, query]),
  );
}

export const detailQuery = (planId: string, operationId: string | null) =>
  queryOptions({
    queryKey: ["plan", "operation", planId, operationId],
    queryFn: operationId === null ? skipToken : () => call(platform().commands.operationDetail(planId, operationId)),
  });

export function useApprove(plan: PlanView) {
  return useMutation({ mutationFn: (approval: Approval) => call(platform().commands.approvePlan(plan.plan_id, plan.basis, approval)) });
}
