import { describe, expect, it } from "vitest";
import type { PlanView } from "../../platform";
import { inventOperations, inventPlan } from "../../platform/fake/plan";
import { inventPeople } from "../../platform/fake/people";
import { activeChip, approvedCount, approveText, chipSearch, facetGroups, readyParts, readyTitle, standing } from "./model";

const people = inventPeople(100);
const plan: PlanView = inventPlan(inventOperations(people, 61), people, "plan-1", 1, "2026-11-23T09:39:00Z");
const undecided = { overrideReason: null, allowed: new Set<string>() };

describe("the counts of a plan", () => {
  it.each(["all", "create", "update", "deactivate", "delete", "held"] as const)("find themselves again in the address they lead to: %s", (chip) => {
    expect(activeChip(chipSearch(chip))).toBe(chip);
  });
  it("are all off under a filter of another shape", () => {
    expect(activeChip({ kind: ["create_user"] })).toBeNull();
    expect(activeChip({ ...chipSearch("held"), reason: ["suspended"] })).toBeNull();
  });
});

describe("approving", () => {
  it("covers what is ready and never what is held", () => {
    expect(approvedCount(plan, undecided)).toBe(plan.counts.ready);
  });
  it("covers what an override and a named deletion release", () => {
    expect(approvedCount(plan, { overrideReason: "Support was reorganised", allowed: new Set(["op-17"]) })).toBe(plan.counts.ready + 17 + 1);
  });
  it("says what it leaves out", () => {
    expect(approveText(plan, undecided)).toContain("Not covered: 19 held, 1 irreversible.");
  });
  it("says what was released, alone where nothing else is ready", () => {
    expect(readyTitle({ ...plan.counts, ready: 2, ready_create: 2, ready_update: 0 }, 11)).toBe("2 operations ready: 2 create, and 11 that you released");
    expect(readyTitle({ ...plan.counts, ready: 0 }, 11)).toBe("11 operations that you released");
  });
  it("names what is ready without zeros", () => {
    expect(readyParts({ ...plan.counts, ready_create: 12, ready_update: 29, ready_deactivate: 0, ready_delete: 0 })).toBe("12 create, 29 update");
  });
});

describe("a plan's standing", () => {
  it("is incomplete when either side was not read to the end", () => {
    expect(standing({ ...plan, source: { ...plan.source, complete: false, problem: "cut" } })).toBe("incomplete");
  });
  it("is applied once it has a run", () => {
    expect(standing({ ...plan, run_id: "run-1" })).toBe("applied");
  });
});

describe("facets of a plan", () => {
  it("tell what holds, and leave out what is ready there", () => {
    const held = facetGroups(plan.facets, { held_by: ["guard"] }).find((group) => group.field === "held_by");
    expect(held?.chosen).toEqual(["guard"]);
    expect(held?.options.map((option) => option.value)).toEqual(["guard", "irreversible", "domain"]);
  });
});
