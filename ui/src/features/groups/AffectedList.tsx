import { Link } from "@tanstack/react-router";
import { IconCircleCheck, IconUserOff, IconUserPlus } from "@tabler/icons-react";
import { someOf } from "../../components/group/words";
import { PeopleList } from "../../components/PeopleList";
import type { AffectedPerson } from "../../platform";

const icons = {
  deactivated: <IconUserOff className="i c-bad" size={16} stroke={1.75} aria-hidden />,
  keeps: <IconCircleCheck className="i c-ok" size={16} stroke={1.75} aria-hidden />,
  enters: <IconUserPlus className="i c-ok" size={16} stroke={1.75} aria-hidden />,
} as const;

/** People by name, each leading to their page, with what keeps them where something does. */
export function AffectedList({ connectionId, fate, label, people, total, empty }: { connectionId: string; fate: keyof typeof icons; label: string; people: readonly AffectedPerson[]; total: number; empty: string }) {
  return (
    <PeopleList
      label={label}
      total={total}
      empty={empty}
      people={people.map((person, index) => {
        const key = person.source_id ?? (person.target_id === null ? null : `scim:${person.target_id}`);
        return {
          key: `${key ?? person.label}-${index}`,
          name: person.name || person.label,
          label: person.label,
          icon: icons[fate],
          name_link:
            key === null ? undefined : (
              <Link className="t1" to="/c/$connection/people/$person" params={{ connection: connectionId, person: key }}>
                {person.name || person.label}
              </Link>
            ),
          outcome: person.through.length > 0 ? <span title={person.through.join(", ")}>through {someOf(person.through, 2)}</span> : undefined,
        };
      })}
    />
  );
}
