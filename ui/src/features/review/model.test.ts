import { describe, expect, it } from "vitest";
import type { ConflictRow, ConflictView } from "../../platform";
import { bulkConsequence, bulkPlan, chips, chipSearch, choiceEntry, choiceText, nameProblem } from "./model";

const row = (id: string, more: Partial<ConflictRow> = {}): ConflictRow => ({
  id,
  kind: "group_takeover",
  subject: { type: "group", source_id: id, target_id: null, label: id },
  facts: "f",
  status: "open",
  stays: 10,
  gains: 1,
  loses: 3,
  loses_access: 2,
  new_seats: 0,
  access: [],
  decision: null,
  decided_by: null,
  decided_at: null,
  choices: ["take-over", "keep-others", "rename:NEW", "leave-alone", "later"],
  blocked: null,
  waiting: null,
  ...more,
});

const person = (name: string, lost: string[], in_jumpcloud = true) => ({ label: name, name, target_id: null, keeps_access_through: [], loses_access_to: lost, in_jumpcloud });
const view = (loses: ReturnType<typeof person>[], organisation_known = true): ConflictView => ({
  conflict: { id: "c", kind: "group_takeover", subject: { type: "group", source_id: "g", target_id: null, label: "legal" }, text: "", choices: [], stays: [person("Ada", [])], gains: [], loses, access: [], warnings: [], new_seats: [], waiting: null, blocked: null, decision: null, facts: "f" },
  status: "open",
  stays_total: 1,
  gains_total: 0,
  loses_total: loses.length,
  plan_id: "p",
  decided_by: null,
  decided_at: null,
  decided_before: null,
  deep_link: null,
  organisation_known,
});

describe("an answer in words", () => {
  it("names the new name, the account, or the choice", () => {
    expect(choiceEntry("rename:legal-jc").word).toBe("As “legal-jc”");
    expect(choiceEntry("rename:NEW").word).toBe("Sync under another name");
    expect(choiceEntry("take-over").word).toBe("Take over");
    expect(choiceEntry("s-9041").word).toBe("Account chosen");
  });

  it("says who loses which app, and who must be imported before they can be kept", () => {
    expect(choiceText("take-over", view([person("Bea", ["Jira"]), person("Cyd", [])]))).toBe("JumpCloud’s 1 member wins; 1 person loses Jira");
    expect(choiceText("take-over", view([person("Bea", [])], false))).toContain("1 person loses membership");
    expect(choiceText("keep-others", view([person("Bea", ["Jira"], false)]))).toContain("1 person has no JumpCloud account: import them first");
  });
});

describe("a new name", () => {
  it("is refused while it is empty or the one that clashes, whatever its case", () => {
    expect(nameProblem("  ", "legal")).toBe("Give the group a name.");
    expect(nameProblem("LEGAL ", "legal")).toContain("clashes");
    expect(nameProblem("legal-jc", "legal")).toBeNull();
  });
});

describe("a decision for many", () => {
  const rows = [row("a"), row("b", { loses: 1, loses_access: null }), row("c", { choices: ["leave-alone", "later"] })];

  it("counts only those that can be answered so, and says what cannot be seen", () => {
    const plan = bulkPlan("take-over", rows);
    expect(plan.fitting.map((each) => each.id)).toEqual(["a", "b"]);
    expect(plan.others.map((each) => each.id)).toEqual(["c"]);
    expect(bulkConsequence(plan)).toBe("2 people lose app access, and 4 people lose membership, in 2 groups. In 1 group this cannot be seen without an organisation key.");
  });

  it("says that nobody loses when the others are kept", () => {
    expect(bulkConsequence(bulkPlan("keep-others", rows))).toContain("4 people are first added to the JumpCloud groups");
  });
});

describe("the counts above the table", () => {
  const facets = [
    { field: "status", value: "open", count: 4 },
    { field: "status", value: "facts_changed", count: 1 },
    { field: "losing", value: "yes", count: 3 },
  ];

  it("are filters, and each takes itself away", () => {
    expect(chips(facets, {}).map(({ chip, count }) => [chip, count])).toEqual([["open", 5], ["losing", 3], ["facts_changed", 1]]);
    expect(chips(facets, { losing: ["yes"] }).find((each) => each.chip === "losing")?.isActive).toBe(true);
    expect(chipSearch("losing", true).losing).toBeUndefined();
    expect(chipSearch("losing", false).losing).toEqual(["yes"]);
  });
});
