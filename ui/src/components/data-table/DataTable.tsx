import { Checkbox } from "@mantine/core";
import { useElementSize, useMergedRef } from "@mantine/hooks";
import { IconChevronDown, IconChevronUp } from "@tabler/icons-react";
import { columnVisibilityFeature, rowSortingFeature, tableFeatures, useTable, type ColumnVisibilityState } from "@tanstack/react-table";
import { defaultRangeExtractor, useVirtualizer, type Range } from "@tanstack/react-virtual";
import { type KeyboardEvent, type ReactNode, type Ref, useCallback, useEffect, useImperativeHandle, useLayoutEffect, useMemo, useRef, useState } from "react";
import classes from "./DataTable.module.css";
import { type GridPosition, nextPosition } from "./gridNavigation";
import { isSelected, pageState, type Selection, toggle, togglePage } from "./selection";
import type { Column, Sort } from "./types";
import type { RowWindows } from "./useRowWindows";

const HEAD_HEIGHT = 32;
const ROW_HEIGHT = { dense: 32, one: 36, two: 44 } as const;
const features = tableFeatures({ columnVisibilityFeature, rowSortingFeature });
const noRows: never[] = [];

export type DataTableHandle = {
  /** Puts the focus back on the row it was on. */
  focusRow: () => void;
};

type Props<Row> = {
  label: string;
  columns: readonly Column<Row>[];
  windows: RowWindows<Row>;
  rowKey: (row: Row) => string;
  rowLabel: (row: Row) => string;
  lines?: keyof typeof ROW_HEIGHT;
  sort?: Sort | null;
  onSort?: (sort: Sort) => void;
  visibility: ColumnVisibilityState;
  openKey?: string | null;
  onOpen?: (row: Row, index: number) => void;
  onEscape?: (() => void) | undefined;
  isRowFailed?: (row: Row) => boolean;
  /** Keeps this row in view while the table does not have the focus. */
  followIndex?: number | undefined;
  /** Rows that `isSelectable` refuses keep their box, so that the column stands; it does nothing. */
  selection?: { value: Selection; onChange: (selection: Selection) => void; isSelectable?: (row: Row) => boolean };
  /** Changes when the list becomes another one, so that it is shown from its start. */
  listKey: string;
  empty: ReactNode;
  ref?: Ref<DataTableHandle>;
};

/**
 * A table over a list of any length: only what is on the screen is fetched and drawn.
 *
 * One Tab stop. Arrows move by row; the right arrow goes into a row's cells; Enter opens, Escape leaves, the space bar selects.
 */
export function DataTable<Row>(props: Props<Row>) {
  const { columns, windows, rowKey, sort, onSort, visibility, openKey, onOpen, onEscape, selection, lines = "two" } = props;
  const { rowAt, setVisibleRange } = windows;
  const total = windows.total ?? 0;
  const rowHeight = ROW_HEIGHT[lines];
  const scroller = useRef<HTMLDivElement>(null);
  const grid = useRef<HTMLTableElement>(null);
  const wantsFocus = useRef(false);
  const [position, setPosition] = useState<GridPosition>({ row: 0, column: -1 });
  const active: GridPosition = position.row >= total ? { row: total === 0 ? -1 : total - 1, column: total === 0 ? Math.max(0, position.column) : position.column } : position;

  const definitions = useMemo(() => columns.map((column) => ({ id: column.id, header: column.header, enableSorting: column.sortBy !== undefined })), [columns]);
  const sorting = useMemo(() => (sort ? [{ id: columns.find((column) => column.sortBy === sort.by)?.id ?? "", desc: sort.descending }] : []), [columns, sort]);
  const table = useTable({ features, columns: definitions, data: noRows, manualSorting: true, state: { columnVisibility: visibility, sorting } });
  const { ref: frame, width } = useElementSize<HTMLDivElement>();
  // Not measured yet is wide: what is folded then appears once, instead of everything moving twice.
  const hasRoom = (column: Column<Row>) => column.foldsBelow === undefined || width === 0 || width >= column.foldsBelow;
  const shown = table.getVisibleLeafColumns().flatMap((leaf) => columns.find((column) => column.id === leaf.id && hasRoom(column)) ?? []);
  const scrollerRef = useMergedRef(scroller, frame);
  const columnCount = shown.length + (selection ? 1 : 0);

  const rangeExtractor = useCallback(
    (range: Range) => {
      const indexes = defaultRangeExtractor(range);
      // The focused row stays in the document however far it is scrolled away; else the focus would fall to the page.
      return active.row < 0 || indexes.includes(active.row) ? indexes : [...indexes, active.row].sort((a, b) => a - b);
    },
    [active.row],
  );
  // eslint-disable-next-line react-hooks/incompatible-library -- the virtualiser is mutable by design; nothing below memoises what it returns
  const virtualizer = useVirtualizer({
    count: total,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 8,
    paddingStart: HEAD_HEIGHT,
    scrollPaddingStart: HEAD_HEIGHT,
    rangeExtractor,
  });
  const items = virtualizer.getVirtualItems();
  const first = virtualizer.range?.startIndex ?? 0;
  const last = virtualizer.range?.endIndex ?? 0;
  useEffect(() => setVisibleRange(first, last), [first, last, setVisibleRange]);

  useLayoutEffect(() => {
    scroller.current?.scrollTo({ top: 0 });
  }, [props.listKey]);
  const [shownList, setShownList] = useState(props.listKey);
  if (shownList !== props.listKey) {
    setShownList(props.listKey);
    setPosition({ row: 0, column: -1 });
  }

  useLayoutEffect(() => {
    if (!wantsFocus.current) return;
    wantsFocus.current = false;
    focusTarget(grid.current, active)?.focus({ preventScroll: active.row >= 0 });
  });
  const { row: activeRow, column: activeColumn } = active;
  useImperativeHandle(props.ref, () => ({ focusRow: () => focusTarget(grid.current, { row: activeRow, column: activeColumn })?.focus() }), [activeRow, activeColumn]);

  const { followIndex } = props;
  useEffect(() => {
    if (followIndex === undefined || grid.current?.contains(document.activeElement)) return;
    virtualizer.scrollToIndex(Math.max(0, Math.min(followIndex, total - 1)), { align: "auto" });
  }, [followIndex, total, virtualizer]);

  const moveTo = (next: GridPosition) => {
    wantsFocus.current = true;
    setPosition(next);
    if (next.row >= 0) virtualizer.scrollToIndex(next.row);
  };

  const onKeyDown = (event: KeyboardEvent<HTMLTableElement>) => {
    if (event.altKey) return;
    const row = active.row >= 0 ? rowAt(active.row) : undefined;
    if (event.key === "Escape" && onEscape) {
      event.stopPropagation();
      onEscape();
      return;
    }
    const onControl = event.target instanceof HTMLElement && event.target.closest("a,button,input") !== null;
    if (event.key === "Enter" && row !== undefined && onOpen && !onControl) {
      event.preventDefault();
      onOpen(row, active.row);
      return;
    }
    if (event.key === " " && row !== undefined && selection && !onControl) {
      event.preventDefault();
      if (selection.isSelectable?.(row) ?? true) selection.onChange(toggle(selection.value, rowKey(row)));
      return;
    }
    const pageRows = Math.max(1, Math.floor(((scroller.current?.clientHeight ?? 0) - HEAD_HEIGHT) / rowHeight) - 1);
    const next = nextPosition(event.key, event.ctrlKey || event.metaKey, active, { rows: total, columns: columnCount, pageRows });
    if (next) {
      event.preventDefault();
      moveTo(next);
    }
  };

  const pageKeys = useMemo(() => {
    if (!selection) return [];
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => rowAt(first + index)).flatMap((row) => (row === undefined || !(selection.isSelectable?.(row) ?? true) ? [] : [rowKey(row)]));
  }, [selection, first, last, rowAt, rowKey]);
  const page = selection ? pageState(selection.value, pageKeys) : "none";
  const headCell = (column: number) => ({ "data-cell": column, tabIndex: active.row === -1 && active.column === column ? 0 : -1, onFocus: () => setPosition({ row: -1, column }) });
  const isEmpty = windows.total === 0 && !windows.isStale;

  let drawnTo = HEAD_HEIGHT;
  return (
    <div ref={scrollerRef} className={classes["scroller"]} style={{ flex: "1 1 0", minHeight: 0, overflow: "auto" }}>
      <table
        ref={grid}
        role="grid"
        className={classes["table"]}
        data-lines={lines}
        data-stale={windows.isStale || undefined}
        aria-label={props.label}
        aria-rowcount={windows.total === undefined ? -1 : total + 1}
        aria-colcount={columnCount}
        aria-busy={windows.isLoading || windows.isStale}
        aria-multiselectable={selection ? true : undefined}
        onKeyDown={onKeyDown}
      >
        <colgroup>
          {selection && <col style={{ width: 52 }} />}
          {shown.map((column) => (
            <col key={column.id} style={column.width ? { width: column.width } : undefined} />
          ))}
        </colgroup>
        <thead>
          <tr aria-rowindex={1} data-row={-1}>
            {selection && (
              <th scope="col">
                <Checkbox
                  {...headCell(0)}
                  aria-label="Select the rows on the screen"
                  checked={page === "all"}
                  indeterminate={page === "some"}
                  onChange={() => selection.onChange(togglePage(selection.value, pageKeys))}
                />
              </th>
            )}
            {shown.map((column, index) => {
              const place = index + (selection ? 1 : 0);
              const isSorted = sort !== null && sort !== undefined && sort.by === column.sortBy;
              const direction = isSorted ? (sort.descending ? "descending" : "ascending") : undefined;
              const Chevron = direction === "descending" ? IconChevronDown : IconChevronUp;
              const label = column.isHeaderHidden ? <span className="sr">{column.header}</span> : column.header;
              return (
                <th key={column.id} scope="col" aria-sort={direction ?? (column.sortBy ? "none" : undefined)} data-align={column.align} {...(column.sortBy ? {} : headCell(place))}>
                  {column.sortBy && onSort ? (
                    <button type="button" {...headCell(place)} onClick={() => onSort({ by: column.sortBy ?? "", descending: isSorted ? !sort.descending : false })}>
                      {label}
                      {isSorted && <Chevron size={12} stroke={2.25} aria-hidden />}
                    </button>
                  ) : (
                    label
                  )}
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>
          {/* Flat, so that each row keeps its identity, and with it the focus, wherever it stands among those drawn. */}
          {items.flatMap((item) => {
            const gap = item.start - drawnTo;
            drawnTo = item.end;
            const row = rowAt(item.index);
            const key = row === undefined ? null : rowKey(row);
            const isActive = active.row === item.index;
            const canPick = row !== undefined && (selection?.isSelectable?.(row) ?? true);
            const isPicked = selection && key !== null ? canPick && isSelected(selection.value, key) : undefined;
            return [
              gap > 0 && <Spacer key={`gap-${item.index}`} height={gap} columns={columnCount} />,
              <tr
                key={item.key}
                data-row={item.index}
                data-open={(key !== null && key === openKey) || undefined}
                data-failed={(row !== undefined && props.isRowFailed?.(row)) || undefined}
                aria-rowindex={item.index + 2}
                aria-selected={isPicked ?? (openKey === undefined ? undefined : key !== null && key === openKey)}
                tabIndex={isActive && active.column === -1 ? 0 : -1}
                onFocus={(event) => {
                  if (event.target === event.currentTarget) setPosition({ row: item.index, column: -1 });
                }}
                onClick={(event) => {
                  if (row === undefined || (event.target as HTMLElement).closest("a,button,input,label")) return;
                  setPosition({ row: item.index, column: -1 });
                  onOpen?.(row, item.index);
                }}
              >
                {selection && (
                  <td>
                    {row !== undefined && key !== null && (
                      <Checkbox
                        data-cell={0}
                        tabIndex={isActive && active.column === 0 ? 0 : -1}
                        aria-label={`Select ${props.rowLabel(row)}`}
                        disabled={!canPick}
                        checked={isPicked ?? false}
                        onFocus={() => setPosition({ row: item.index, column: 0 })}
                        onChange={() => selection.onChange(toggle(selection.value, key))}
                      />
                    )}
                  </td>
                )}
                {shown.map((column, index) => {
                  const place = index + (selection ? 1 : 0);
                  return (
                    <td
                      key={column.id}
                      data-cell={place}
                      data-align={column.align}
                      tabIndex={isActive && active.column === place ? 0 : -1}
                      onFocus={() => setPosition({ row: item.index, column: place })}
                    >
                      {row === undefined ? <span className={classes["ghost"]} /> : column.cell(row)}
                    </td>
                  );
                })}
              </tr>,
            ];
          })}
          {items.length > 0 && virtualizer.getTotalSize() > drawnTo && <Spacer height={virtualizer.getTotalSize() - drawnTo} columns={columnCount} />}
          {windows.isLoading && <Ghosts rows={12} columns={columnCount} />}
        </tbody>
      </table>
      {isEmpty && props.empty}
    </div>
  );
}

function Spacer({ height, columns }: { height: number; columns: number }) {
  return (
    <tr aria-hidden className={classes["spacer"]}>
      <td colSpan={columns} style={{ height }} />
    </tr>
  );
}

function Ghosts({ rows, columns }: { rows: number; columns: number }) {
  return Array.from({ length: rows }, (_, row) => (
    <tr key={row} aria-hidden>
      {Array.from({ length: columns }, (_cell, column) => (
        <td key={column}>
          <span className={classes["ghost"]} style={{ width: `${40 + ((row * 7 + column * 13) % 5) * 10}%` }} />
        </td>
      ))}
    </tr>
  ));
}

/** The element to focus at a position: the row itself, or the control in a cell, or else the cell. */
function focusTarget(table: HTMLTableElement | null, { row, column }: GridPosition): HTMLElement | null {
  const line = table?.querySelector<HTMLElement>(`tr[data-row="${row}"]`) ?? null;
  if (line === null || column === -1) return line;
  return line.querySelector<HTMLElement>(`[data-cell="${column}"]`);
}
