import { describe, expect, it } from "vitest";
import { nextPosition } from "./gridNavigation";

const shape = { rows: 100_000, columns: 5, pageRows: 12 };

describe("keys in a table", () => {
  it.each([
    ["ArrowDown", false, { row: 3, column: -1 }, { row: 4, column: -1 }],
    ["ArrowDown", false, { row: 99_999, column: -1 }, { row: 99_999, column: -1 }],
    ["ArrowUp", false, { row: 0, column: -1 }, { row: -1, column: 0 }],
    ["ArrowDown", false, { row: -1, column: 2 }, { row: 0, column: -1 }],
    ["ArrowRight", false, { row: 3, column: -1 }, { row: 3, column: 0 }],
    ["ArrowLeft", false, { row: 3, column: 0 }, { row: 3, column: -1 }],
    ["ArrowLeft", false, { row: -1, column: 0 }, { row: -1, column: 0 }],
    ["Home", false, { row: 500, column: -1 }, { row: 0, column: -1 }],
    ["End", false, { row: 500, column: -1 }, { row: 99_999, column: -1 }],
    ["Home", false, { row: 500, column: 3 }, { row: 500, column: 0 }],
    ["End", true, { row: 500, column: 3 }, { row: 99_999, column: 3 }],
    ["PageDown", false, { row: 10, column: -1 }, { row: 22, column: -1 }],
    ["PageUp", false, { row: 5, column: -1 }, { row: 0, column: -1 }],
  ])("%s (control: %s) leads from %j to %j", (key, withControl, from, to) => {
    expect(nextPosition(key, withControl, from, shape)).toEqual(to);
  });

  it("leaves other keys alone", () => {
    expect(nextPosition("a", false, { row: 0, column: -1 }, shape)).toBeNull();
  });

  it("stays in the head of an empty table", () => {
    expect(nextPosition("ArrowDown", false, { row: -1, column: 0 }, { ...shape, rows: 0 })).toEqual({ row: -1, column: 0 });
  });
});
