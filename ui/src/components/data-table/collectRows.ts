import { isSelected, type Selection } from "./selection";
import type { RowWindow } from "./types";

/** The most that one window may hold. */
const LARGEST_WINDOW = 200;

/** Reads a whole list window by window and keeps what is selected; stops as soon as every named row was seen. */
export async function collectRows<Row>(fetchWindow: (offset: number, limit: number) => Promise<RowWindow<Row>>, selection: Selection, keyOf: (row: Row) => string): Promise<Row[]> {
  const wanted = selection.mode === "some" ? selection.keys.size : Infinity;
  const found: Row[] = [];
  for (let offset = 0; ; offset += LARGEST_WINDOW) {
    const { rows, total } = await fetchWindow(offset, LARGEST_WINDOW);
    found.push(...rows.filter((row) => isSelected(selection, keyOf(row))));
    if (found.length >= wanted || rows.length === 0 || offset + rows.length >= total) return found;
  }
}
