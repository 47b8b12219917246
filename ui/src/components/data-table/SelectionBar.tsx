import { Button } from "@mantine/core";
import { IconCopy } from "@tabler/icons-react";
import { plural } from "../../lib/plural";
import classes from "./SelectionBar.module.css";
import { countSelected, everything, nothing, type Selection } from "./selection";

type Props = {
  selection: Selection;
  /** Rows that match the filter. */
  total: number;
  one: string;
  many: string;
  onChange: (selection: Selection) => void;
  /** Said after the count. */
  note?: string;
  onCopy?: () => void;
  isCopying?: boolean;
};

/** How many are selected, a way to all that match, and what can be done with them. */
export function SelectionBar({ selection, total, one, many, onChange, note, onCopy, isCopying = false }: Props) {
  const count = countSelected(selection, total);
  if (count === 0) return null;
  return (
    <div className={classes["bar"]} role="group" aria-label="Selection">
      <b className="med num nowrap">{plural(count, one, many)} selected</b>
      {note && <span className="t2 num cut">{note}</span>}
      {selection.mode === "some" && total > count && (
        <button type="button" className="lnk num nowrap" onClick={() => onChange(everything)}>
          Select all {plural(total, one, many)}{note ? "" : " matching"}
        </button>
      )}
      <div className={classes["actions"]}>
        {onCopy && (
          <Button size="compact-sm" loading={isCopying} leftSection={<IconCopy size={16} stroke={1.75} aria-hidden />} onClick={onCopy}>
            Copy as a table
          </Button>
        )}
        <Button size="compact-sm" variant="subtle" color="gray" onClick={() => onChange(nothing)}>
          Clear
        </Button>
      </div>
    </div>
  );
}
