import type { CommandError, Commands, ConflictRow, ConnectionDraft, ConnectionView, EventMap, EventRow, GroupRow, JobView, Overview, OperationRow, PersonRow, PlanView, Platform, Result, RunView } from "../types";
import { FakeConflicts } from "./conflicts";
import { FakeGroups } from "./groups";
import { groupNames, inventPeople } from "./people";
import { inventPersonPage } from "./person";
import { inventDetail, inventOperations, inventPlan } from "./plan";
import { beginRun, type FakeRun, finish, step } from "./runs";
import { facetsOf, windowOf } from "./window";

/** `first`: nothing set up. `failing`: every reading command is refused. `slow`: answers never come. */
export type FakeScenario = "first" | "sandbox" | "typical" | "empty" | "huge" | "failing" | "slow";

export type FakeOptions = {
  scenario?: FakeScenario;
  /** Milliseconds between the steps of an invented run or read. */
  tick?: number;
};

const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
const ok = <T>(data: T): Result<T> => ({ status: "ok", data });
const refused = (error: Partial<CommandError> & Pick<CommandError, "code" | "message">): Result<never> => ({ status: "error", error: { hints: [], retryable: true, detail: null, ...error } });

const draft = (name: string): ConnectionDraft => ({
  name,
  endpoints: { jumpcloud_url: "https://console.jumpcloud.com", insights_url: null, jumpcloud_organisation: null, application: "65f2c01d9e7a4b0001c3d9aa", scim_url: "https://api.atlassian.com/scim/directory/7f3c9b1e-52d0-4c8a-9e6f-1b0a4d2c8e55", organisation_url: null, organisation_id: null },
  policy: {
    group_management: true,
    domains: "verified_only",
    typed_domains: ["fennmark.example"],
    user_limit: 5000,
    user_order: "joined",
    guards: { max_deactivations: 10, max_deactivation_share: null, max_removal_share: null },
    protected_people: ["ines.varga@fennmark.example"],
    protected_groups: [],
    deleted_users: "deactivate",
    mapping: { off: [], source: {} },
  },
  concurrency: 16,
  read_interval_seconds: null,
});

function connectionOf(name: string, id: string, isSandbox: boolean): ConnectionView {
  return {
    connection_id: id,
    state: "active",
    pause_reason: null,
    is_sandbox: isSandbox,
    draft: draft(name),
    keys: [
      { kind: "jumpcloud", is_stored: true, origin: isSandbox ? "memory" : "keychain", fingerprint: "9D02-51AC", problem: null },
      { kind: "scim", is_stored: true, origin: isSandbox ? "memory" : "keychain", fingerprint: "7E1B-04AC", problem: null },
      { kind: "organisation", is_stored: false, origin: null, fingerprint: null, problem: null },
    ],
  };
}

function inventEvents(people: readonly PersonRow[], count: number): EventRow[] {
  const types = ["user_update_provision", "user_create_provision", "group_update_provision", "user_update_provision", "user_deprovision"];
  return Array.from({ length: count }, (_, index): EventRow => {
    const person = people[(index * 13) % Math.max(1, people.length)];
    const type = types[index % types.length] as string;
    const failed = index % 37 === 5;
    return {
      sequence: count - index,
      time: ago(3 + index * 1.7),
      event_type: type,
      outcome: failed ? "failure" : "success",
      label: type.startsWith("group") ? (groupNames[index % groupNames.length] ?? null) : (person?.name ?? null),
      subject_type: type.startsWith("group") ? "group" : "person",
      run: `run-${417 - Math.floor(index / 40)}`,
      status: failed ? 503 : type.startsWith("user_create") ? 201 : 200,
      error: failed ? "Atlassian did not answer in time" : null,
      initiated_by: `Run ${417 - Math.floor(index / 40)}`,
    };
  });
}

class World {
  connections: ConnectionView[] = [];
  people: PersonRow[] = [];
  operations: OperationRow[] = [];
  plan: PlanView | null = null;
  runs: FakeRun[] = [];
  events: EventRow[] = [];
  job: JobView | null = null;
  faults: string[] = [];
  conflicts = new FakeConflicts("empty", []);
  groups = new FakeGroups(false, [], [], this.conflicts);

  fill(people: number, operations: number, events: number): void {
    this.people = inventPeople(people);
    this.operations = inventOperations(this.people, operations);
    this.plan = inventPlan(this.operations, this.people, "plan-418", 418, ago(3));
    const isHuge = people > 50_000;
    this.conflicts = new FakeConflicts(isHuge ? "huge" : "typical", this.people);
    this.groups = new FakeGroups(isHuge, this.people, this.operations, this.conflicts);
    this.events = inventEvents(this.people, events);
    const earlier = beginRun("run-417", 417, "plan-417", this.operations.slice(40, 60), ago(34));
    earlier.rows.forEach((row) => Object.assign(row, { state: "done", status: 200, attempts: 1, duration_ms: 240 }));
    finish(earlier, false);
    earlier.view.ended_at = ago(33);
    earlier.view.requests_sent = 20;
    this.runs = [earlier];
  }
}

export function createFakePlatform(options: FakeOptions = {}): Platform {
  const asked = typeof localStorage === "undefined" ? null : localStorage.getItem("lockstep.fake");
  const scenario = options.scenario ?? (asked as FakeScenario | null) ?? "first";
  const tick = options.tick ?? 350;
  const world = new World();
  const listeners: { [Name in keyof EventMap]: Set<(payload: EventMap[Name]) => void> } = { cacheInvalidated: new Set(), jobChanged: new Set(), jobFailed: new Set(), runProgressed: new Set(), runEnded: new Set() };
  const emit = <Name extends keyof EventMap>(name: Name, payload: EventMap[Name]) => listeners[name].forEach((listener) => listener(payload));
  const stopped = new Set<string>();

  if (scenario !== "first") {
    world.connections = [scenario === "sandbox" ? connectionOf("Sandbox", "sandbox", true) : connectionOf("Fennmark", "fennmark", false)];
    if (scenario === "sandbox") world.fill(61, 61, 40);
    if (scenario === "typical") world.fill(2_190, 61, 48_210);
    if (scenario === "huge") world.fill(100_000, 20_000, 250_000);
  }

  const read = <T>(answer: () => Result<T>): Promise<Result<T>> => {
    if (scenario === "slow") return new Promise(() => undefined);
    if (scenario === "failing")
      return Promise.resolve(refused({ code: "remote_unavailable", message: "Reading people from JumpCloud stopped at 1,900 of 2,170: the answer broke off half-way, so no plan was computed", hints: ["Nothing; it is read again in 2 minutes. If it keeps happening, look at JumpCloud’s status page."], detail: "Transport: connection reset by peer while reading GET /api/systemusers?skip=1900" }));
    return Promise.resolve(answer());
  };
  const findRun = (runId: string) => world.runs.find((run) => run.view.run_id === runId);
  const staleConfirmation = () => refused({ code: "plan_stale", message: "Whom this affects changed since it was shown", hints: ["Look at the new figures, then confirm them."] });
  const noSuch = (what: string) => refused({ code: "not_found", message: `There is no such ${what}`, retryable: false });

  function follow(run: FakeRun): void {
    const width = Math.max(3, Math.ceil(run.rows.length / 25));
    const timer = setInterval(() => {
      const isStopped = stopped.has(run.view.run_id);
      if (!isStopped) step(run, width);
      emit("runProgressed", { run_id: run.view.run_id, progress: run.view.progress });
      emit("cacheInvalidated", { tags: ["runs"] });
      const over = run.rows.every((row) => row.state === "done" || row.state === "failed");
      if (!over && !isStopped) return;
      clearInterval(timer);
      finish(run, isStopped);
      if (world.plan) world.plan = { ...world.plan, state: "applied", run_id: run.view.run_id };
      emit("runEnded", { run_id: run.view.run_id });
      emit("cacheInvalidated", { tags: ["runs", "plan", "events"] });
    }, tick);
  }

  const commands: Commands = {
    session: () => Promise.resolve(ok({ version: "0.1.0", connections: world.connections, sandbox: world.connections.some((each) => each.is_sandbox) ? { connection_id: "sandbox", scenario: "small", faults: world.faults } : null, is_read_only: false })),
    startSandbox: (name) => {
      world.connections = [...world.connections.filter((each) => !each.is_sandbox), { ...connectionOf("Sandbox", "sandbox", true), state: "inactive" }];
      emit("cacheInvalidated", { tags: ["connections"] });
      return Promise.resolve(ok({ connection_id: "sandbox", scenario: name, faults: [] }));
    },
    sandboxStories: () =>
      Promise.resolve([
        { name: "new-hire", title: "Somebody is hired", text: "A new person joins the largest bound group: the next plan creates one account." },
        { name: "suspend", title: "Somebody is suspended", text: "Suspended in JumpCloud: the next plan deactivates the account and says why." },
        { name: "suspend-many", title: "A whole team is suspended by mistake", text: "More than the guard allows: every deactivation is held, and the one cause is named." },
      ]),
    tellSandboxStory: (name) => Promise.resolve(name === "suspend" ? ok("Amara Osei is suspended in JumpCloud.") : ok("Zoe Marsh joined eng-platform.")),
    setSandboxFaults: (faults) => {
      world.faults = faults;
      return Promise.resolve(ok({ connection_id: "sandbox", scenario: "small", faults }));
    },
    draftDefaults: () => Promise.resolve({ ...draft(""), endpoints: { ...draft("").endpoints, application: "", scim_url: "" }, policy: { ...draft("").policy, typed_domains: [], protected_people: [], guards: { max_deactivations: null, max_deactivation_share: null, max_removal_share: null } } }),
    listApplications: (_endpoints, keys) =>
      Promise.resolve(
        keys.jumpcloud === "wrong"
          ? refused({ code: "token_rejected", message: "JumpCloud refused the API key", hints: ["Generate a new key under your initials, My API Key, in JumpCloud’s Admin Portal."] })
          : ok([
              { id: "65f2c01d9e7a4b0001c3d9aa", label: "Atlassian Cloud", template: "atlassiancloud", is_atlassian: true },
              { id: "65f2c01d9e7a4b0001c3d9ab", label: "Slack", template: "slack", is_atlassian: false },
            ]),
      ),
    testDraft: (_draft, keys) =>
      Promise.resolve(
        ok([
          { name: "jumpcloud_key", ok: true, text: "JumpCloud answers; the key is of Fennmark", remedy: null },
          { name: "application", ok: true, text: "The application Atlassian Cloud has 33 bound groups", remedy: null },
          keys.scim === "wrong"
            ? { name: "scim_key", ok: false, text: "Atlassian refused the SCIM key (401)", remedy: "Regenerate the key in Atlassian Administration, Identity providers, and paste it whole." }
            : { name: "scim_key", ok: true, text: "The SCIM directory answers; it holds 2,173 users", remedy: null },
          { name: "domains", ok: true, text: "fennmark.example is verified", remedy: null },
        ]),
      ),
    testConnection: () => commands.testDraft(draft("Fennmark"), { jumpcloud: null, scim: null, organisation: null }),
    addConnection: (entered) => {
      const added: ConnectionView = { ...connectionOf(entered.name, entered.name.toLowerCase().replace(/[^a-z0-9]+/g, "-"), false), draft: entered, state: "inactive" };
      world.connections = [...world.connections, added];
      emit("cacheInvalidated", { tags: ["connections"] });
      return Promise.resolve(ok(added));
    },
    setConnection: (id, entered) => {
      world.connections = world.connections.map((each) => (each.connection_id === id ? { ...each, draft: entered } : each));
      const found = world.connections.find((each) => each.connection_id === id);
      emit("cacheInvalidated", { tags: ["connections"] });
      return Promise.resolve(found ? ok(found) : noSuch("connection"));
    },
    setKey: (id, kind) => {
      world.connections = world.connections.map((each) => (each.connection_id === id ? { ...each, keys: each.keys.map((key) => (key.kind === kind ? { ...key, is_stored: true, origin: "keychain", fingerprint: "C30F-77A1" } : key)) } : each));
      const found = world.connections.find((each) => each.connection_id === id);
      emit("cacheInvalidated", { tags: ["connections"] });
      return Promise.resolve(found ? ok(found) : noSuch("connection"));
    },
    overview: (id) =>
      read(() => {
        const connection = world.connections.find((each) => each.connection_id === id);
        if (!connection) return noSuch("connection");
        const { plan } = world;
        const overview: Overview = {
          connection,
          plan,
          last_run: world.runs[0]?.view ?? null,
          job: world.job,
          read_at: plan ? plan.created_at : null,
          in_step: plan?.people_in_step ?? 0,
          directory_users: world.people.length === 0 ? 0 : world.people.length - 17,
          planned_new_users: world.operations.filter((operation) => operation.kind === "create_user").length,
          user_limit: world.people.length > 50_000 ? 150_000 : 5_000,
          failed_operations: world.runs[0]?.view.progress.failed ?? 0,
          open_conflicts: world.conflicts.openCount(),
          waiting_conflicts: world.conflicts.waitingCount(),
          expiring_passwords: world.people.slice(26, 32).map((person, index) => ({ key: person.key, name: person.name, expires_at: new Date(Date.now() + [2, 4, 4, 8, 10, 10][index]! * 86_400_000).toISOString() })),
          event_days: Array.from({ length: 14 }, (_, day) => ({ date: new Date(Date.now() - (13 - day) * 86_400_000).toISOString().slice(0, 10), success: world.events.length === 0 ? 0 : [64, 48, 92, 6, 3, 58, 112, 71, 39, 84, 9, 4, 47, 118][day]!, failure: world.events.length === 0 ? 0 : [0, 1, 0, 0, 0, 0, 6, 2, 0, 1, 0, 0, 0, 3][day]! })),
          checklist: [
            { name: "jumpcloud_key", state: "done", title: "JumpCloud API key", detail: null },
            { name: "scim", state: "done", title: "SCIM directory and key", detail: null },
            { name: "domains", state: connection.keys[2]?.is_stored ? "done" : "attention", title: "Verified domains", detail: connection.keys[2]?.is_stored ? null : "Typed in; add an organisation key to read them" },
            { name: "guards", state: "done", title: "Guards and protected people", detail: null },
            { name: "first_plan", state: plan ? "done" : "open", title: "First plan reviewed", detail: plan ? null : "Read both sides to compute it" },
          ],
        };
        return ok(overview);
      }),
    startRefresh: (id) => {
      const job: JobView = { connection_id: id, kind: "refresh", step: "Reading people from JumpCloud", done: 0, total: 240, run_id: null, seconds_left: 4 };
      world.job = job;
      emit("jobChanged", { connection_id: id, job });
      emit("cacheInvalidated", { tags: ["snapshots"] });
      let done = 0;
      const timer = setInterval(() => {
        done += 40;
        if (done < 240 && world.job) {
          world.job = { ...job, done, step: done > 120 ? "Reading people from Atlassian" : job.step, seconds_left: Math.ceil((240 - done) / 60) };
          emit("jobChanged", { connection_id: id, job: world.job });
          return;
        }
        clearInterval(timer);
        const wasStopped = world.job === null;
        world.job = null;
        if (!wasStopped) {
          if (world.people.length === 0) {
            world.fill(240, 61, 0);
            world.runs = [];
          } else world.plan = inventPlan(world.operations, world.people, `plan-${(world.plan?.number ?? 417) + 1}`, (world.plan?.number ?? 417) + 1, new Date().toISOString());
        }
        emit("jobChanged", { connection_id: id, job: null });
        emit("cacheInvalidated", { tags: ["snapshots", "plan", "people", "groups", "runs", "events"] });
      }, tick);
      return Promise.resolve(ok(job));
    },
    stopJob: () => {
      world.job = null;
      return Promise.resolve(ok(null));
    },
    latestPlan: () => read(() => ok(world.plan)),
    listOperations: (_planId, query) =>
      read(() =>
        ok(
          windowOf(world.operations, query, (row) => `${row.subject.label} ${row.subject.type === "person" ? row.subject.name : ""} ${row.reason.text}`, {
            name: (row) => (row.subject.type === "person" ? row.subject.name : row.subject.label),
            kind: (row) => row.kind,
            state: (row) => (row.held_by === null ? "ready" : "held"),
            held_by: (row) => row.held_by ?? "ready",
            reason: (row) => row.reason.code,
          }),
        ),
      ),
    operationDetail: (_planId, id) => {
      const row = world.operations.find((operation) => operation.id === id);
      return Promise.resolve(row ? ok(inventDetail(row)) : noSuch("operation"));
    },
    approvePlan: (planId, _basis, approval) => {
      if (!world.plan || world.plan.plan_id !== planId) return Promise.resolve(refused({ code: "plan_stale", message: "This plan is not the latest", hints: ["Review the new plan; only what you see is approved."] }));
      if (approval.override_reason !== null) world.operations = world.operations.map((operation) => (operation.held_by === "guard" ? { ...operation, held_by: null } : operation));
      world.operations = world.operations.map((operation) => (approval.allow_irreversible.includes(operation.id) ? { ...operation, held_by: null } : operation));
      const run = beginRun(`run-${world.plan.number}`, world.plan.number, planId, world.operations, new Date().toISOString());
      run.view.override_reason = approval.override_reason;
      world.runs = [run, ...world.runs];
      world.connections = world.connections.map((each) => ({ ...each, state: "active" }));
      follow(run);
      emit("cacheInvalidated", { tags: ["runs", "plan", "connections"] });
      return Promise.resolve(ok({ ...run.view }));
    },
    getRun: (runId) => read(() => (findRun(runId) ? ok({ ...(findRun(runId) as FakeRun).view }) : noSuch("run"))),
    listRuns: (_id, query) =>
      read(() => {
        const all: RunView[] = [...world.runs.map((run) => ({ ...run.view }))];
        for (let number = 416; world.runs.length > 0 && number > 380; number -= 1) {
          const base = world.runs[world.runs.length - 1] as FakeRun;
          all.push({ ...base.view, run_id: `run-${number}`, number, plan_number: number, started_at: ago((418 - number) * 60), ended_at: ago((418 - number) * 60 - 1), trigger: "schedule", started_by: "Schedule", state: number % 9 === 0 ? "partial" : number % 4 === 0 ? "nothing_to_do" : "converged", progress: { ...base.view.progress, failed: number % 9 === 0 ? 1 : 0, created: { done: number % 5, total: number % 5 }, updated: { done: number % 13, total: number % 13 } } });
        }
        return ok(windowOf(all, query, (run) => `${run.number} ${run.started_by}`, { started_at: (run) => run.started_at, state: (run) => run.state }));
      }),
    listRunOperations: (runId, query) =>
      read(() => {
        const run = findRun(runId);
        if (!run) return noSuch("run");
        return ok(windowOf(run.rows.map((row) => ({ ...row })), query, (row) => `${row.subject.label} ${row.subject.type === "person" ? row.subject.name : ""}`, { state: (row) => row.state, kind: (row) => row.kind, identity: (row) => row.subject.label }));
      }),
    stopRun: (runId) => {
      stopped.add(runId);
      return Promise.resolve(ok(null));
    },
    listPeople: (_id, query) =>
      read(() => {
        const fields = { situation: (row: PersonRow) => row.situation, source_state: (row: PersonRow) => row.source_state, target_state: (row: PersonRow) => row.target_state, sync_state: (row: PersonRow) => row.sync_state };
        return ok({ ...windowOf(world.people, query, (row) => `${row.name} ${row.email ?? ""} ${row.user_name ?? ""}`, { ...fields, name: (row) => row.name, email: (row) => row.email ?? "" }), facets: facetsOf(world.people, fields) });
      }),
    getPerson: (_id, key) =>
      read(() => {
        const row = world.people.find((person) => person.key === key);
        if (!row) return noSuch("person");
        const page = inventPersonPage(row, world.operations, world.plan, world.events.filter((event) => event.label === row.name).slice(0, 4));
        return ok({ ...page, is_protected: world.connections.some((each) => each.draft.policy.protected_people.includes(row.email ?? "")) });
      }),
    listGroups: (_id, query) =>
      read(() => {
        const fields = { state: (row: GroupRow) => row.state, only_path: (row: GroupRow) => (row.would_deactivate > 0 ? "yes" : "no"), overlap: (row: GroupRow) => (row.other_connectors.length > 0 ? "yes" : "no") };
        const padded = (value: number) => String(value).padStart(8, "0");
        return ok({ ...windowOf(world.groups.rows, query, (row) => row.name, { ...fields, name: (row) => row.name, members: (row) => padded(row.members), would_deactivate: (row) => padded(row.would_deactivate) }), facets: facetsOf(world.groups.rows, fields) });
      }),
    getGroup: (_id, key) =>
      read(() => {
        const page = world.groups.page(key);
        return page ? ok(page) : noSuch("group");
      }),
    bindableGroups: (_id, search) => read(() => ok(world.groups.bindable(search))),
    bindPreview: (_id, group) =>
      read(() => {
        const preview = world.groups.preview(group);
        return preview ? ok(preview) : noSuch("group");
      }),
    bindGroup: (id, group, confirmation) => {
      if (world.groups.preview(group)?.confirmation !== confirmation) return Promise.resolve(staleConfirmation());
      world.groups.bind(group);
      emit("cacheInvalidated", { tags: ["groups"] });
      return commands.startRefresh(id);
    },
    unbindGroup: (id, group, confirmation) => {
      if (world.groups.page(group)?.if_unbound?.confirmation !== confirmation) return Promise.resolve(staleConfirmation());
      world.groups.unbind(group);
      emit("cacheInvalidated", { tags: ["groups"] });
      return commands.startRefresh(id);
    },
    listConflicts: (_id, query) =>
      read(() => {
        const rows = world.conflicts.rows();
        const fields = { kind: (row: ConflictRow) => row.kind, status: (row: ConflictRow) => row.status, choice: (row: ConflictRow) => row.decision?.split(":")[0] ?? "none", losing: (row: ConflictRow) => ((row.loses_access ?? 0) > 0 ? "yes" : "no") };
        const padded = (value: number) => String(value).padStart(8, "0");
        return ok({ ...windowOf(rows, query, (row) => row.subject.label, { ...fields, group: (row) => row.subject.label, access: (row) => row.access[0]?.app ?? "", site: (row) => row.access[0]?.site ?? "", loses: (row) => padded(row.loses), loses_access: (row) => padded(row.loses_access ?? 0), decision: (row) => row.decision ?? "" }), facets: facetsOf(rows, fields) });
      }),
    getConflict: (_id, conflict) =>
      read(() => {
        const view = world.conflicts.view(conflict);
        return view ? ok(view) : noSuch("question");
      }),
    decide: (_id, decisions) => {
      const answer = world.conflicts.decide(decisions);
      emit("cacheInvalidated", { tags: ["conflicts", "plan", "groups"] });
      return Promise.resolve(ok(answer));
    },
    withdrawDecisions: (_id, ids) => {
      const answer = world.conflicts.withdraw(ids);
      emit("cacheInvalidated", { tags: ["conflicts", "plan", "groups"] });
      return Promise.resolve(ok(answer));
    },
    listEvents: (_id, query) => read(() => ok(windowOf(world.events, query, (row) => `${row.label ?? ""} ${row.event_type} ${row.error ?? ""}`, { outcome: (row) => row.outcome, event_type: (row) => row.event_type, time: (row) => row.time }))),
  };


  return {
    name: "fake",
    commands,
    openLink: () => Promise.resolve(),
    listen: (name, listener) => {
      listeners[name].add(listener);
      return () => void listeners[name].delete(listener);
    },
  };
}
