/** Where the focus is: `row` −1 is the head; `column` −1 is a row as a whole (never in the head). */
export type GridPosition = { readonly row: number; readonly column: number };
export type GridShape = { readonly rows: number; readonly columns: number; readonly pageRows: number };

const clamp = (value: number, low: number, high: number) => Math.min(Math.max(value, low), Math.max(low, high));

/** Where a key leads, by the grid pattern of the ARIA practices; null for a key that the grid leaves alone. */
export function nextPosition(key: string, withControl: boolean, from: GridPosition, shape: GridShape): GridPosition | null {
  const lastRow = shape.rows - 1;
  const lastColumn = shape.columns - 1;
  const inHead = from.row === -1;
  const toRow = (row: number): GridPosition => {
    const target = clamp(row, -1, lastRow);
    if (target === -1) return { row: -1, column: clamp(from.column, 0, lastColumn) };
    return { row: target, column: inHead ? -1 : from.column };
  };
  switch (key) {
    case "ArrowDown":
      return toRow(from.row + 1);
    case "ArrowUp":
      return toRow(from.row - 1);
    case "PageDown":
      return toRow(from.row + shape.pageRows);
    case "PageUp":
      return toRow(inHead ? -1 : Math.max(0, from.row - shape.pageRows));
    case "ArrowRight":
      return { row: from.row, column: clamp(from.column + 1, 0, lastColumn) };
    case "ArrowLeft":
      return { row: from.row, column: clamp(from.column - 1, inHead ? 0 : -1, lastColumn) };
    case "Home":
      if (withControl || (!inHead && from.column === -1)) return toRow(0);
      return { row: from.row, column: 0 };
    case "End":
      if (withControl || (!inHead && from.column === -1)) return toRow(lastRow);
      return { row: from.row, column: lastColumn };
    default:
      return null;
  }
}
