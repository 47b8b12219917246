import { TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useMemo, useRef, useState } from "react";
import { formatCount } from "../lib/format";
import { plural } from "../lib/plural";
import classes from "./PeopleList.module.css";

/** A person in a list beside a table: who, and what becomes of them. */
export type ListedPerson = {
  readonly key: string;
  readonly name: string;
  /** Shown below the name where it says more than the name. */
  readonly label: string;
  /** Said in a few words after the name. */
  readonly mark?: string | undefined;
  readonly icon?: ReactNode;
  readonly name_link?: ReactNode;
  readonly outcome?: ReactNode;
};

const FEW = 6;
const SEARCH_FROM = 10;
const ROW = 32;
const MOST_ROWS = 10;

type Props = {
  label: string;
  people: readonly ListedPerson[];
  /** How many there are, where the list holds only the first of them. */
  total?: number | undefined;
  empty: string;
};

/** The first few; all of them, searchable and drawn as they scroll by, once asked for. */
export function PeopleList({ label, people, total = people.length, empty }: Props) {
  const [isOpen, setOpen] = useState(false);
  if (people.length === 0) return <p className="t2">{empty}</p>;
  if (isOpen) return <Everybody label={label} people={people} total={total} />;
  return (
    <ul className={classes["list"]} aria-label={label}>
      {people.slice(0, FEW).map((person) => (
        <Line key={person.key} person={person} />
      ))}
      {people.length > FEW && (
        <li className={classes["more"]}>
          <button type="button" className="lnk num" onClick={() => setOpen(true)}>
            Show all {formatCount(total)}
          </button>
        </li>
      )}
    </ul>
  );
}

function Everybody({ label, people, total }: Omit<Props, "empty"> & { total: number }) {
  const [search, setSearch] = useState("");
  const scroller = useRef<HTMLDivElement>(null);
  const found = useMemo(() => {
    const needle = search.trim().toLowerCase();
    return needle === "" ? people : people.filter((person) => person.name.toLowerCase().includes(needle) || person.label.toLowerCase().includes(needle));
  }, [people, search]);
  // eslint-disable-next-line react-hooks/incompatible-library -- the virtualiser is mutable by design; nothing below memoises what it returns
  const virtualizer = useVirtualizer({ count: found.length, getScrollElement: () => scroller.current, estimateSize: () => ROW, overscan: 6 });
  const height = Math.min(MOST_ROWS, Math.max(1, found.length)) * ROW;
  return (
    <div className={classes["all"]}>
      {people.length >= SEARCH_FROM && (
        <TextInput
          size="xs"
          aria-label={`Search: ${label}`}
          placeholder={`Search ${plural(people.length, "person", "people")}`}
          leftSection={<IconSearch size={14} stroke={2} aria-hidden />}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
      )}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling region must be reachable by keyboard */}
      <div ref={scroller} className={classes["scroller"]} style={{ height }} tabIndex={0} role="region" aria-label={label}>
        <ul style={{ height: virtualizer.getTotalSize(), position: "relative" }}>
          {virtualizer.getVirtualItems().map((item) => {
            const person = found[item.index];
            return person && <Line key={person.key} person={person} top={item.start} position={item.index + 1} size={found.length} />;
          })}
        </ul>
      </div>
      <p className="fs12 t2 num" role="status">
        {search.trim() !== "" ? `${formatCount(found.length)} of ${formatCount(people.length)}` : total > people.length ? `The first ${formatCount(people.length)} of ${formatCount(total)}` : ""}
      </p>
    </div>
  );
}

function Line({ person, top, position, size }: { person: ListedPerson; top?: number; position?: number; size?: number }) {
  return (
    <li className={classes["line"]} style={top === undefined ? undefined : { position: "absolute", insetInline: 0, top, height: ROW }} aria-posinset={position} aria-setsize={size}>
      {person.icon}
      <span className="med cut" title={person.label}>
        {person.name_link ?? person.name}
        {person.mark && <span className={classes["mark"]}> {person.mark}</span>}
      </span>
      {person.outcome !== undefined && <span className={classes["outcome"]}>{person.outcome}</span>}
    </li>
  );
}
