import { expect, it } from "vitest";
import { toTsv } from "./tsv";

it("puts tabs between cells and takes them out of cells", () => {
  expect(toTsv([["Name", "Group"], ["Ada\tL.", "a\nb"]])).toBe("Name\tGroup\nAda L.\ta b");
});
it.each(["=1+1", "+1", "-1", "@sum"])("defuses %s, which a spreadsheet would compute", (value) => {
  expect(toTsv([[value]])).toBe(`'${value}`);
});
