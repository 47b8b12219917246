import { describe, expect, it } from "vitest";
import type { RunView } from "../../platform";
import { inventOperations } from "../../platform/fake/plan";
import { inventPeople } from "../../platform/fake/people";
import { beginRun } from "../../platform/fake/runs";
import { operationWord, paceText, runWord, segmentFilter, segmentOf, steps } from "./model";

const run: RunView = beginRun("run-1", 1, "plan-1", inventOperations(inventPeople(100), 61), "2026-11-23T09:44:00Z").view;

describe("a run in words", () => {
  it("names what failed and what differs", () => {
    const finished: RunView = { ...run, state: "partial", phase: "finished", progress: { ...run.progress, failed: 1 }, differences: [{ subject: "Freya", attribute: "title", expected: "a", found: "b" }] };
    expect(runWord(finished)).toMatchObject({ word: "1 failed, 1 difference", tone: "bad", isTinted: true });
    expect(steps(finished).at(-1)).toEqual({ label: "1 difference", state: "attention" });
  });
  it("is calm when both sides are in step", () => {
    expect(runWord({ ...run, state: "converged", phase: "finished" })).toMatchObject({ word: "Success", isTinted: false });
  });
  it("marks the phase it is in and those behind it", () => {
    expect(steps({ ...run, phase: "sending" }).map((step) => step.state)).toEqual(["done", "current", "open", "open"]);
  });
});

describe("the pace", () => {
  it("is said as soon as it is known, and not before", () => {
    expect(paceText({ ...run.progress, seconds_left: 18, requests_per_second_tenths: 90 })).toBe("about 18 s left, 9 requests a second");
    expect(paceText({ ...run.progress, seconds_left: null, requests_per_second_tenths: null })).toBe("");
  });
});

describe("an operation of a run", () => {
  it("says when it is tried again", () => {
    const now = new Date("2026-11-23T09:44:00Z");
    const row = { ...beginRun("r", 1, "p", inventOperations(inventPeople(60), 61), "2026-11-23T09:44:00Z").rows[0]!, state: "retrying" as const, next_retry_at: "2026-11-23T09:44:04Z" };
    expect(operationWord(row, now).word).toBe("Retry in 4.0 s");
    expect(operationWord({ ...row, next_retry_at: "2026-11-23T09:43:00Z" }, now).word, "an hour that has passed is not counted down").toBe("Retry");
  });
});

describe("the segments", () => {
  it.each(["all", "failed", "waiting", "skipped"] as const)("find themselves again in the address: %s", (segment) => {
    expect(segmentOf(segmentFilter(segment))).toBe(segment);
  });
});
