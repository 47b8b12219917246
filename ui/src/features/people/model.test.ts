import { describe, expect, it } from "vitest";
import { counterfactuals, layoutPath, scopeLine, sourceState } from "./model";

describe("people", () => {
  it("names three groups and counts the rest", () => {
    expect(scopeLine(["a", "b", "c"], 5)).toBe("a, b, c and 2 more");
    expect(scopeLine(["a"], 1)).toBe("a");
    expect(scopeLine([], 0)).toBe("");
  });
  it("shows a state it does not know instead of hiding it", () => {
    expect(sourceState("on_leave").word).toBe("on leave");
  });
});

describe("the path from a person to the account", () => {
  it("draws cut edges before the others and counts what does not fit", () => {
    const group = (name: string, relation: string, is_bound = true) => ({ name, relation, is_bound, members: null, detail: "" });
    const path = layoutPath([group("staff", "member", false), group("tier2", "left"), ...["a", "b", "c", "d"].map((name) => group(name, "member"))], 4);
    expect(path.nodes.map((node) => node.group.name), "what was lost first, then what leads on, dead ends last").toEqual(["tier2", "a", "b", "c"]);
    expect(path.hidden).toBe(2);
  });
  it("lets only a bound group of which the person is a member lead to the account", () => {
    const path = layoutPath([{ name: "staff", relation: "member", is_bound: false, members: null, detail: "" }], 4);
    expect(path.nodes[0]?.edge).toBe("dead-end");
  });
});

describe("what would change it", () => {
  it("stands under one head, condition by condition", () => {
    expect(counterfactuals("Amara Osei", ["Amara Osei would stay active if they were put back into support-tier2.", "Amara Osei would stay active if they were in design.", "Create the person again."])).toEqual([
      { head: "Would stay active if", conditions: ["they were put back into support-tier2", "they were in design"] },
      { head: "What would change it", conditions: ["Create the person again."] },
    ]);
  });
});
