import { Checkbox } from "@mantine/core";
import { useId } from "react";
import { formatCount } from "../../lib/format";
import classes from "./Facets.module.css";

export type FacetOption = { readonly value: string; readonly label: string; readonly count: number };
export type FacetGroup = { readonly field: string; readonly title: string; readonly options: readonly FacetOption[]; readonly chosen: readonly string[] };

export function Facets({ groups, onToggle }: { groups: readonly FacetGroup[]; onToggle: (field: string, value: string) => void }) {
  return (
    <aside className={classes["facets"]} aria-label="Filters">
      {groups.map((group) => (
        <Group key={group.field} group={group} onToggle={onToggle} />
      ))}
    </aside>
  );
}

export function Group({ group, onToggle }: { group: FacetGroup; onToggle: (field: string, value: string) => void }) {
  const id = useId();
  if (group.options.length === 0) return null;
  return (
    <section>
      <h2 id={id}>{group.title}</h2>
      <div role="group" aria-labelledby={id}>
        {group.options.map((option) => (
          <label key={option.value} className={classes["option"]}>
            <Checkbox size="14px" checked={group.chosen.includes(option.value)} onChange={() => onToggle(group.field, option.value)} />
            <span className="cut">{option.label}</span>
            <span className={classes["number"]}>{formatCount(option.count)}</span>
          </label>
        ))}
      </div>
    </section>
  );
}
