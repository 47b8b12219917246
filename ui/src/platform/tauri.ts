import { invoke } from "@tauri-apps/api/core";
import { listen as listenToShell } from "@tauri-apps/api/event";
import type { CommandError, Commands, EventMap, Platform, Result } from "./types";

async function call<T>(command: string, args: Record<string, unknown> = {}): Promise<Result<T>> {
  try {
    return { status: "ok", data: await invoke<T>(command, args) };
  } catch (error) {
    if (error instanceof Error) throw error;
    return { status: "error", error: error as CommandError };
  }
}

const commands: Commands = {
  session: () => call("session"),
  startSandbox: (scenario) => call("start_sandbox", { scenario }),
  draftDefaults: () => call("draft_defaults"),
  listApplications: (endpoints, keys) => call("list_applications", { endpoints, keys }),
  testDraft: (draft, keys) => call("test_draft", { draft, keys }),
  testConnection: (connectionId) => call("test_connection", { connectionId }),
  addConnection: (draft, keys) => call("add_connection", { draft, keys }),
  setConnection: (connectionId, draft) => call("set_connection", { connectionId, draft }),
  setKey: (connectionId, kind, value) => call("set_key", { connectionId, kind, value }),
  overview: (connectionId) => call("overview", { connectionId }),
  startRefresh: (connectionId) => call("start_refresh", { connectionId }),
  stopJob: (connectionId) => call("stop_job", { connectionId }),
  latestPlan: (connectionId) => call("latest_plan", { connectionId }),
  listOperations: (planId, query) => call("list_operations", { planId, query }),
  operationDetail: (planId, operationId) => call("operation_detail", { planId, operationId }),
  approvePlan: (planId, basis, approval) => call("approve_plan", { planId, basis, approval }),
  getRun: (runId) => call("get_run", { runId }),
  listRuns: (connectionId, query) => call("list_runs", { connectionId, query }),
  listRunOperations: (runId, query) => call("list_run_operations", { runId, query }),
  stopRun: (runId) => call("stop_run", { runId }),
  listPeople: (connectionId, query) => call("list_people", { connectionId, query }),
  getPerson: (connectionId, key) => call("get_person", { connectionId, key }),
  listGroups: (connectionId, query) => call("list_groups", { connectionId, query }),
  listEvents: (connectionId, query) => call("list_events", { connectionId, query }),
};

const eventNames: Record<keyof EventMap, string> = {
  cacheInvalidated: "cache-invalidated",
  job: "job-changed",
  jobFailed: "job-failed",
  runProgress: "run-progressed",
  runEnded: "run-ended",
};

export const tauriPlatform: Platform = {
  name: "tauri",
  commands,
  listen: (name, listener) => {
    const stop = listenToShell<EventMap[typeof name]>(eventNames[name], (event) => listener(event.payload));
    return () => void stop.then((unlisten) => unlisten());
  },
};
