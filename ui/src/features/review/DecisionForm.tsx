import { TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, type Ref, useEffect, useId, useRef } from "react";
import type { ConflictView } from "../../platform";
import { choiceEntry, choiceName, choiceText, isAccount, RENAME } from "./model";
import classes from "./ReviewPage.module.css";
import type { Draft } from "./drafts";
import { accountQuery } from "./queries";
import { texts } from "./texts";

/** The input, and then what is wrong with it, appear below what was chosen, which may be the last line that is seen. */
function NewName({ problem, children }: { problem: string | null; children: ReactNode }) {
  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // Newer engines answer with a promise, which is no clean-up.
    void frame.current?.scrollIntoView({ block: "nearest" });
  }, [problem]);
  return (
    <div ref={frame} className={classes["name"]}>
      {children}
    </div>
  );
}

/** Two accounts that fit are told apart by their addresses. */
function Account({ connectionId, scimId }: { connectionId: string; scimId: string }) {
  const { data: account } = useQuery(accountQuery(connectionId, scimId));
  if (!account) return `Account ${scimId}`;
  return [account.email ?? account.user_name ?? scimId, account.target_state === "deactivated" ? "deactivated" : "", account.email !== null && account.user_name !== null && account.user_name !== account.email ? `user name ${account.user_name}` : ""].filter(Boolean).join(", ");
}

type Props = {
  connectionId: string;
  view: ConflictView;
  value: Pick<Draft, "choice" | "name">;
  /** Why the name cannot be used; shown below the input. */
  problem: string | null;
  isReadOnly: boolean;
  onChange: (value: Pick<Draft, "choice" | "name">) => void;
  onSubmit: () => void;
  ref?: Ref<HTMLDivElement>;
};

/** One answer per line with what it means for this group; the new name is typed where it is chosen. */
export function DecisionForm({ connectionId, view, value, problem, isReadOnly, onChange, onSubmit, ref }: Props) {
  const id = useId();
  const { conflict } = view;
  return (
    <div ref={ref} className={classes["choices"]} role="radiogroup" aria-label={texts.decision}>
      {conflict.choices.map((choice) => {
        const name = choiceName(choice);
        const isChosen = value.choice === name;
        return (
          <div key={choice} data-chosen={isChosen || undefined}>
            <label>
              <input type="radio" name={id} value={name} checked={isChosen} disabled={isReadOnly} aria-describedby={`${id}-${name}`} onChange={() => onChange({ choice: name, name: value.name })} />
              <span className="med">
                {isAccount(choice) ? <Account connectionId={connectionId} scimId={choice} /> : choiceEntry(choice).word}
                <small id={`${id}-${name}`}>{choiceText(choice, view)}</small>
              </span>
            </label>
            {name === RENAME && isChosen && (
              <NewName problem={problem}>
                <TextInput
                  label={texts.newName}
                  description={problem === null ? texts.newNameHint : undefined}
                  value={value.name}
                  error={problem ?? undefined}
                  autoComplete="off"
                  disabled={isReadOnly}
                  onChange={(event) => onChange({ choice: name, name: event.currentTarget.value })}
                  onKeyDown={(event) => {
                    if (event.key === "Enter") onSubmit();
                  }}
                />
              </NewName>
            )}
          </div>
        );
      })}
    </div>
  );
}
