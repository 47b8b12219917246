import { describe, expect, it } from "vitest";
import type { Overview } from "../../platform";
import { createFakePlatform } from "../../platform/fake";
import { byDay, chartScale, headline, meshShares } from "./model";

async function overviewOf(scenario: "typical" | "empty"): Promise<Overview> {
  const answer = await createFakePlatform({ scenario }).commands.overview("fennmark");
  if (answer.status === "error") throw new Error(answer.error.message);
  return answer.data;
}

describe("the headline", () => {
  it("asks for a first reading where nothing was read", async () => {
    expect(headline(await overviewOf("empty")).kind).toBe("unread");
  });
  it("says what is held where nothing is ready", async () => {
    const overview = await overviewOf("typical");
    const plan = overview.plan!;
    expect(headline({ ...overview, plan: { ...plan, counts: { ...plan.counts, all: 6, held: 6, ready: 0 } } }).title).toBe("6 operations of plan 418 are held");
  });
  it("names the plan that waits, and what a guard holds in it", async () => {
    const said = headline(await overviewOf("typical"));
    expect(said.title).toBe("Plan 418 waits for you");
    expect(said.text).toContain("A guard holds 17 operations");
  });
  it("says that a connection is paused before anything else", async () => {
    const overview = await overviewOf("typical");
    expect(headline({ ...overview, connection: { ...overview.connection, state: "paused", pause_reason: "401" } }).kind).toBe("paused");
  });
  it("never speaks of a plan from an incomplete read as ready", async () => {
    const overview = await overviewOf("typical");
    const plan = overview.plan!;
    expect(headline({ ...overview, plan: { ...plan, source: { ...plan.source, complete: false, problem: "It broke off." } } }).kind).toBe("incomplete");
  });
});

describe("the rules that mesh", () => {
  it("show one of many and leave out none", () => {
    const shares = meshShares(1, 1_000, 0);
    expect(shares.update, "one update is still seen").toBeGreaterThan(0.05);
    expect(shares.deactivate).toBe(0);
    expect(shares.update + shares.create).toBeCloseTo(1);
  });
});

describe("the chart", () => {
  it.each([[0, 3], [3, 3], [118, 120], [121, 150], [9_000, 9_000]])("has room for a day of %i", (events, top) => {
    expect(chartScale([{ date: "2026-11-23", success: events, failure: 0 }]).top).toBe(top);
  });
});

describe("deactivations ahead", () => {
  it("come by day, soonest first", () => {
    const days = byDay([
      { key: "b", name: "Bob", expires_at: "2026-11-28T10:00:00Z" },
      { key: "a", name: "Ada", expires_at: "2026-11-26T10:00:00Z" },
      { key: "c", name: "Cy", expires_at: "2026-11-28T11:00:00Z" },
    ]);
    expect(days.map((day) => day.people.map((person) => person.name))).toEqual([["Ada"], ["Bob", "Cy"]]);
  });
});
