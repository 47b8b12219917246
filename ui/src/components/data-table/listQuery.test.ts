import { describe, expect, it } from "vitest";
import { listQuery, toggleValue } from "./listQuery";

describe("the query of a list", () => {
  it("leaves out facets without a choice", () => {
    expect(listQuery({ q: "ada" }, { kind: [], state: ["ready"], reason: undefined })).toEqual({ search: "ada", filters: [{ field: "state", values: ["ready"] }], sort: null, direction: "ascending" });
  });
  it("takes a value out of a facet when it is chosen again, and the facet with its last value", () => {
    expect(toggleValue(["a", "b"], "a")).toEqual(["b"]);
    expect(toggleValue(["a"], "a")).toBeUndefined();
    expect(toggleValue(undefined, "a")).toEqual(["a"]);
  });
});
