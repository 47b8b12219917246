import { describe, expect, it } from "vitest";
import { collectRows } from "./collectRows";
import { everything, nothing, toggle } from "./selection";

const all = Array.from({ length: 950 }, (_, index) => `p${index}`);
const asked: number[] = [];
const fetchWindow = (offset: number, limit: number) => {
  asked.push(offset);
  return Promise.resolve({ rows: all.slice(offset, offset + limit), total: all.length });
};
const self = (row: string) => row;

describe("collecting selected rows", () => {
  it("reads no further than the last one named", async () => {
    asked.length = 0;
    expect(await collectRows(fetchWindow, toggle(toggle(nothing, "p3"), "p210"), self)).toEqual(["p3", "p210"]);
    expect(asked).toEqual([0, 200]);
  });
  it("reads everything but the exceptions", async () => {
    expect(await collectRows(fetchWindow, toggle(everything, "p3"), self)).toHaveLength(949);
  });
  it("ends where a row that was named is no longer there", async () => {
    expect(await collectRows(fetchWindow, toggle(nothing, "gone"), self)).toEqual([]);
  });
});
