import { describe, expect, it } from "vitest";
import { countSelected, everything, isSelected, nothing, pageState, toggle, togglePage } from "./selection";

describe("selection", () => {
  it("keeps the exceptions of a selection of everything instead of every id", () => {
    const selection = toggle(toggle(everything, "ada"), "bob");
    expect(isSelected(selection, "ada"), "an exception is not selected").toBe(false);
    expect(isSelected(selection, "somebody never loaded"), "whoever matches is selected").toBe(true);
    expect(countSelected(selection, 100_000), "the total less the exceptions").toBe(99_998);
  });

  it("selects a page and takes exactly that page out again", () => {
    const first = togglePage(toggle(nothing, "elsewhere"), ["ada", "bob"]);
    expect(pageState(first, ["ada", "bob"])).toBe("all");
    const second = togglePage(first, ["ada", "bob"]);
    expect(pageState(second, ["ada", "bob"])).toBe("none");
    expect(isSelected(second, "elsewhere"), "what was selected outside of the page stays").toBe(true);
  });

  it("completes a page of which some rows are selected", () => {
    const selection = togglePage(toggle(nothing, "ada"), ["ada", "bob"]);
    expect(countSelected(selection, 2)).toBe(2);
  });

  it("survives a filter that hides selected rows", () => {
    const selection = toggle(nothing, "ada");
    expect(pageState(selection, ["bob"]), "the visible page shows none").toBe("none");
    expect(countSelected(selection, 1), "but one row is still selected").toBe(1);
  });
});
