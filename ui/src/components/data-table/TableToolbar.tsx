import { TextInput } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { type ReactNode, useCallback, useEffect, useRef, useState } from "react";
import classes from "./TableToolbar.module.css";

/** A key shows its effect at once; only keys that follow faster than this are taken together. */
const FILTER_PAUSE_MS = 80;

type Props = {
  label: string;
  placeholder: string;
  filter: string;
  onFilter: (filter: string) => void;
  /** Called when the person leaves the filter for the rows. */
  onLeave: () => void;
  counters: ReactNode;
  picker?: ReactNode;
  children?: ReactNode;
};

export function TableToolbar({ label, placeholder, filter, onFilter, onLeave, counters, picker, children }: Props) {
  const input = useRef<HTMLInputElement>(null);
  const filteredAt = useRef(-Infinity);
  const [typed, setTyped] = useState(filter);
  const [known, setKnown] = useState(filter);
  /** What was handed over and has not come back as `filter` yet, oldest first. */
  const [underWay, setUnderWay] = useState<readonly string[]>([]);
  if (known !== filter) {
    setKnown(filter);
    const place = underWay.lastIndexOf(filter);
    setUnderWay(place < 0 ? [] : underWay.slice(place + 1));
    // What was typed a moment ago comes back late: it must not take away what was typed since.
    if (place < 0) setTyped(filter);
  }
  const handOver = useCallback(
    (text: string) => {
      setUnderWay((texts) => [...texts, text]);
      onFilter(text);
    },
    [onFilter],
  );
  useHotkeys([["/", () => input.current?.select()]]);
  useEffect(() => {
    if (typed === filter) return;
    const since = performance.now() - filteredAt.current;
    const apply = () => {
      filteredAt.current = performance.now();
      handOver(typed);
    };
    const timer = setTimeout(apply, Math.max(0, FILTER_PAUSE_MS - since));
    return () => clearTimeout(timer);
  }, [typed, filter, handOver]);

  return (
    <div className={classes["tools"]}>
      <TextInput
        ref={input}
        size="xs"
        className={classes["filter"]}
        aria-label={label}
        placeholder={placeholder}
        aria-keyshortcuts="/"
        leftSection={<IconSearch size={14} stroke={2} aria-hidden />}
        rightSection={typed === "" ? <kbd aria-hidden>/</kbd> : undefined}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape" && typed !== "") {
            setTyped("");
            handOver("");
          } else if (event.key === "Escape" || event.key === "Enter" || event.key === "ArrowDown") {
            event.preventDefault();
            if (typed !== filter) handOver(typed);
            onLeave();
          }
        }}
      />
      {children}
      <div className={`${classes["counters"]} num`}>
        <span role="status">{counters}</span>
        {picker}
      </div>
    </div>
  );
}
