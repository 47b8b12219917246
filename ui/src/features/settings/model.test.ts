import { describe, expect, it } from "vitest";
import type { Policy } from "../../platform";
import { formOf, policyOf, validate } from "./model";

const policy: Policy = {
  group_management: true,
  domains: "verified_only",
  typed_domains: ["fennmark.example"],
  user_limit: 5000,
  user_order: "joined",
  guards: { max_deactivations: 10, max_deactivation_share: null, max_removal_share: null },
  protected_people: ["ines@fennmark.example"],
  protected_groups: ["org-admins"],
  deleted_users: "deactivate",
  mapping: { off: ["title"], source: {} },
};

describe("settings", () => {
  it("come back unchanged when nothing was edited, with what the form does not show", () => {
    expect(policyOf(formOf(policy), policy)).toEqual(policy);
  });
  it("take an empty limit as the built-in one", () => {
    expect(policyOf({ ...formOf(policy), maxDeactivations: " " }, policy).guards.max_deactivations).toBeNull();
  });
  it("take 0 as 0, which holds every deactivation", () => {
    expect(policyOf({ ...formOf(policy), maxDeactivations: "0" }, policy).guards.max_deactivations).toBe(0);
  });
  it("name the line that is wrong", () => {
    const errors = validate({ ...formOf(policy), protectedPeople: "ines@fennmark.example\nbob", maxRemovalShare: "120", userLimit: "" });
    expect(errors.protectedPeople).toContain("“bob”");
    expect(errors.maxRemovalShare).toBeDefined();
    expect(errors.userLimit).toBeDefined();
    expect(errors.maxDeactivations).toBeUndefined();
  });
  it("write addresses in lower case and once", () => {
    expect(policyOf({ ...formOf(policy), protectedPeople: "Ada@X.example\nada@x.example" }, policy).protected_people).toEqual(["ada@x.example"]);
  });
});
