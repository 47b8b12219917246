import { useSyncExternalStore } from "react";

/** What a person has begun to answer and not saved yet. */
export type Draft = {
  readonly choice: string;
  readonly name: string;
  /** What was on the screen when it was begun. */
  readonly facts: string;
  readonly seen: string | null;
  /** It was recorded; shown until the question shows it too. */
  readonly isSaved?: true;
};

const drafts = new Map<string, Draft>();
const listeners = new Set<() => void>();

const keyOf = (connectionId: string, conflictId: string) => `${connectionId}\n${conflictId}`;

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** Kept outside of the page: another row, another screen, a refusal or newer facts must not lose what was typed. */
export function useDraft(connectionId: string, conflictId: string): Draft | undefined {
  return useSyncExternalStore(subscribe, () => drafts.get(keyOf(connectionId, conflictId)));
}

export function setDraft(connectionId: string, conflictId: string, draft: Draft | undefined): void {
  if (draft === undefined) drafts.delete(keyOf(connectionId, conflictId));
  else drafts.set(keyOf(connectionId, conflictId), draft);
  listeners.forEach((listener) => listener());
}
