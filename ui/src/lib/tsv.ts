/** What a spreadsheet would take for a formula when it is pasted. */
const FORMULA = /^[=+\-@\t\r]/;

function cell(value: string): string {
  const flat = value.replace(/[\t\r\n]+/g, " ");
  return FORMULA.test(value) ? `'${flat}` : flat;
}

/** Rows for pasting into a spreadsheet: tabs between cells, cells that look like formulas defused. */
export function toTsv(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => row.map(cell).join("\t")).join("\n");
}
