import type { ReactNode } from "react";

export type Sort = { readonly by: string; readonly descending: boolean };

/** One page of a list that lives on the other side, and how many rows the whole list has. */
export type RowWindow<Row> = { readonly rows: readonly Row[]; readonly total: number };

export type Column<Row> = {
  readonly id: string;
  readonly header: string;
  /** Shown to screen readers only. */
  readonly isHeaderHidden?: boolean;
  /** A CSS width; columns without one share what is left. */
  readonly width?: string;
  /** The name by which the other side sorts; a column without one cannot be sorted. */
  readonly sortBy?: string;
  readonly align?: "end";
  /** Folded away while the table is narrower than this, in pixels: the side panel or the row's own page shows it. */
  readonly foldsBelow?: number;
  /** Off until the person picks it. */
  readonly isOptional?: boolean;
  readonly cell: (row: Row) => ReactNode;
};
