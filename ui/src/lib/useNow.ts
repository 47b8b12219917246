import { useSyncExternalStore } from "react";

let current = new Date();
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void) {
  listeners.add(listener);
  timer ??= setInterval(() => {
    current = new Date();
    listeners.forEach((each) => each());
  }, 15_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

/** The present, to a quarter of a minute: one clock for all that say "3 min ago". */
export function useNow(): Date {
  return useSyncExternalStore(subscribe, () => current);
}
