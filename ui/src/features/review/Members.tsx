import { IconCircleCheck, IconCircleX, IconMinus, IconPlus, IconUserCheck, IconUserPlus } from "@tabler/icons-react";
import { type KeyboardEvent, useId, useRef, useState } from "react";
import { appAlone, listWords, sitesOf, someOf, withAppNames } from "../../components/group/words";
import { type ListedPerson, PeopleList } from "../../components/PeopleList";
import { formatCount } from "../../lib/format";
import type { ConflictPerson, ConflictView } from "../../platform";
import classes from "./ReviewPage.module.css";

type Part = "stay" | "gain" | "lose";
const parts: readonly Part[] = ["stay", "gain", "lose"];

/** Who stays, gains and loses, by name; those who lose membership say what else they lose, and what they keep through which group. */
export function Members({ view }: { view: ConflictView }) {
  const { stays, gains, loses } = view.conflict;
  const people: Record<Part, readonly ConflictPerson[]> = { stay: stays, gain: gains, lose: loses };
  const totals: Record<Part, number> = { stay: view.stays_total, gain: view.gains_total, lose: view.loses_total };
  const [part, setPart] = useState<Part>(loses.length > 0 ? "lose" : gains.length > 0 ? "gain" : "stay");
  const id = useId();
  const tabs = useRef<HTMLDivElement>(null);
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const next = parts[(parts.indexOf(part) + step + parts.length) % parts.length] ?? part;
    setPart(next);
    tabs.current?.querySelector<HTMLElement>(`[data-part="${next}"]`)?.focus();
  };
  return (
    <>
      <div ref={tabs} className={classes["counts"]} role="tablist" aria-label="Members">
        {parts.map((each) => (
          <button key={each} type="button" role="tab" className="inset" id={`${id}-${each}`} data-part={each} aria-selected={part === each} aria-controls={`${id}-people`} tabIndex={part === each ? 0 : -1} onClick={() => setPart(each)} onKeyDown={onKeyDown}>
            <b>{formatCount(totals[each])}</b>
            <span>
              {each === "gain" && <IconPlus className="i c-ok" size={12} stroke={2.25} aria-hidden />}
              {each === "lose" && <IconMinus className="i c-bad" size={12} stroke={2.25} aria-hidden />}
              {each}
            </span>
          </button>
        ))}
      </div>
      <div className={classes["people"]} role="tabpanel" id={`${id}-people`} aria-labelledby={`${id}-${part}`}>
        <PeopleList key={part} label={labels[part]} people={listed(part, people[part], view)} total={totals[part]} empty={empties[part]} />
      </div>
    </>
  );
}

const labels: Record<Part, string> = { stay: "Who stays a member", gain: "Who becomes a member", lose: "Who loses membership" };
const empties: Record<Part, string> = { stay: "Nobody is in both.", gain: "Nobody becomes a member.", lose: "Nobody loses membership." };

/** Those who lose access come first: they are the alarm. */
function listed(part: Part, people: readonly ConflictPerson[], view: ConflictView): ListedPerson[] {
  const ordered = part === "lose" ? people.toSorted((a, b) => Number(b.loses_access_to.length > 0) - Number(a.loses_access_to.length > 0)) : people;
  return ordered.map((person, index) => ({ key: `${person.target_id ?? person.label}-${index}`, name: person.name || person.label, label: person.label, mark: part === "lose" && !person.in_jumpcloud ? "not in JumpCloud" : undefined, ...outcome(part, person, view) }));
}

function outcome(part: Part, person: ConflictPerson, { conflict, organisation_known }: ConflictView): Pick<ListedPerson, "icon" | "outcome"> {
  if (part === "stay") return { icon: <IconUserCheck className="i c-3" size={16} stroke={1.75} aria-hidden /> };
  if (part === "gain") return { icon: <IconUserPlus className="i c-ok" size={16} stroke={1.75} aria-hidden /> };
  if (person.loses_access_to.length > 0) {
    const lost = listWords([...new Set(person.loses_access_to.map(sitesOf(conflict.access).length > 1 ? withAppNames : appAlone))]);
    return { icon: <IconCircleX className="i c-bad" size={16} stroke={1.75} aria-hidden />, outcome: <span className={classes["bad"]} title={`loses ${listWords(person.loses_access_to.map(withAppNames))}`}>loses {lost}</span> };
  }
  const kept = person.keeps_access_through;
  return {
    icon: <IconCircleCheck className="i c-ok" size={16} stroke={1.75} aria-hidden />,
    outcome: kept.length > 0 ? <span title={kept.join(", ")}>keeps it through {someOf(kept, 1)}</span> : organisation_known ? "loses no app" : "access not visible",
  };
}
