import { ActionIcon, Checkbox, Popover } from "@mantine/core";
import { IconColumns3 } from "@tabler/icons-react";
import type { ColumnVisibilityState } from "@tanstack/react-table";
import classes from "./TableToolbar.module.css";
import type { Column } from "./types";

export function ColumnPicker<Row>({ columns, visibility, onToggle }: { columns: readonly Column<Row>[]; visibility: ColumnVisibilityState; onToggle: (id: string) => void }) {
  const shown = columns.filter((column) => visibility[column.id] ?? true).length;
  return (
    <Popover position="bottom-end" shadow="md" radius="md" trapFocus returnFocus>
      <Popover.Target>
        <ActionIcon aria-label="Choose columns">
          <IconColumns3 size={16} stroke={1.75} aria-hidden />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown>
        <fieldset className={classes["picker"]}>
          <legend>Columns</legend>
          {columns.map((column) => {
            const isShown = visibility[column.id] ?? true;
            return <Checkbox key={column.id} label={column.header} checked={isShown} disabled={isShown && shown === 1} onChange={() => onToggle(column.id)} />;
          })}
        </fieldset>
      </Popover.Dropdown>
    </Popover>
  );
}
