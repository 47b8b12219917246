import type { ColumnVisibilityState } from "@tanstack/react-table";
import { useState } from "react";
import type { Column } from "./types";

const storageKey = (tableId: string) => `lockstep.columns.${tableId}`;

/** Which columns a table shows: the person's choice, remembered on this computer, else the columns' own default. */
export function useColumnVisibility<Row>(tableId: string, columns: readonly Column<Row>[]) {
  const [chosen, setChosen] = useState<ColumnVisibilityState>(() => read(tableId));
  const visibility: ColumnVisibilityState = Object.fromEntries(columns.map((column) => [column.id, chosen[column.id] ?? !column.isOptional]));
  const toggleColumn = (id: string) => {
    const next = { ...chosen, [id]: !(visibility[id] ?? true) };
    setChosen(next);
    localStorage.setItem(storageKey(tableId), JSON.stringify(next));
  };
  return { visibility, toggleColumn };
}

function read(tableId: string): ColumnVisibilityState {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(storageKey(tableId)) ?? "{}");
    if (typeof stored !== "object" || stored === null) return {};
    return Object.fromEntries(Object.entries(stored).filter((entry): entry is [string, boolean] => typeof entry[1] === "boolean"));
  } catch {
    return {};
  }
}
