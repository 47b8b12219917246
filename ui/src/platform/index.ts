import type { Platform } from "./types";

export type * from "./types";

let current: Platform | undefined;

/** Chooses the platform once, before the first render. The invented one is not even compiled into the app. */
export async function loadPlatform(): Promise<Platform> {
  if (current) return current;
  if ("__TAURI_INTERNALS__" in window) {
    current = (await import("./tauri")).tauriPlatform;
  } else if (__FAKE_PLATFORM__) {
    current = (await import("./fake")).createFakePlatform();
  } else {
    throw new Error("Lockstep's window works only inside the Lockstep application.");
  }
  return current;
}

/** The platform that was chosen. */
export function platform(): Platform {
  if (!current) throw new Error("The platform was used before it was loaded.");
  return current;
}

/** Puts another platform in place; for tests. */
export function installPlatform(replacement: Platform): void {
  current = replacement;
}
