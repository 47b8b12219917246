import { Button, Popover } from "@mantine/core";
import { IconFilter } from "@tabler/icons-react";
import { type FacetGroup, Group } from "./Facets";
import classes from "./Facets.module.css";

/** The facets, folded into a button while a side panel takes their place; `isAlways` where a screen has no column for them. */
export function FacetsButton({ groups, onToggle, isAlways = false }: { groups: readonly FacetGroup[]; onToggle: (field: string, value: string) => void; isAlways?: boolean }) {
  const chosen = groups.reduce((sum, group) => sum + group.chosen.length, 0);
  return (
    <div className={isAlways ? "" : classes["narrowOnly"]}>
      <Popover position="bottom-start" shadow="md" radius="md" trapFocus returnFocus>
        <Popover.Target>
          <Button size="compact-sm" leftSection={<IconFilter size={16} stroke={1.75} aria-hidden />}>
            Filters{chosen > 0 ? ` (${chosen})` : ""}
          </Button>
        </Popover.Target>
        <Popover.Dropdown>
          <div className={classes["popover"]}>
            {groups.map((group) => (
              <Group key={group.field} group={group} onToggle={onToggle} />
            ))}
          </div>
        </Popover.Dropdown>
      </Popover>
    </div>
  );
}
