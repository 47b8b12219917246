import type { ErrorCode } from "../platform";

export type ErrorEntry = {
  readonly severity: "info" | "warning" | "error";
  /** What happened, in three or four words; the engine's message says which and why. */
  readonly title: string;
  /** What to do, where the engine gives no hint of its own. */
  readonly text: string;
};

/** One entry per code that the engine knows: a code forgotten here does not compile. */
export const errorTable = {
  not_configured: { severity: "info", title: "Not set up yet", text: "Enter the missing address or key in Settings." },
  token_rejected: { severity: "error", title: "A key was refused", text: "Enter a valid key in Settings. Nothing is lost; the connection goes on once the key works." },
  token_lacks_scope: { severity: "error", title: "A key may not do this", text: "Use a key of an administrator with access to this organisation." },
  keychain_unavailable: { severity: "error", title: "The secret store does not answer", text: "Unlock the operating system's keyring, then try again." },
  busy: { severity: "info", title: "Lockstep is busy", text: "Wait for the work that is going on, or stop it." },
  plan_stale: { severity: "warning", title: "The plan is out of date", text: "Compute the plan again and review what changed." },
  guard_tripped: { severity: "warning", title: "A guard holds this plan", text: "Look at the held operations; override the guard only if they are meant." },
  conflicts_open: { severity: "warning", title: "Conflicts are open", text: "Decide the conflicts first." },
  rate_limited: { severity: "info", title: "Asked to wait", text: "The other side limits requests. Lockstep goes on by itself." },
  remote_unavailable: { severity: "error", title: "No answer", text: "Check the network and the service's status page, then try again." },
  remote_rejected: { severity: "error", title: "The request was refused", text: "Copy the details and compare them with the service's settings." },
  invalid_input: { severity: "warning", title: "This cannot be used", text: "Correct what was entered." },
  not_found: { severity: "warning", title: "Not found", text: "It may have been removed. Go back to the list." },
  not_active: { severity: "info", title: "The connection is not active", text: "Activate it after reviewing its first plan." },
  database_too_new: { severity: "error", title: "A newer Lockstep wrote this data", text: "Install the newer version to open it." },
  disk_full: { severity: "error", title: "The disk is full", text: "Free some space, then try again. Nothing was sent that was not recorded." },
  cancelled: { severity: "info", title: "Stopped", text: "Start again when you are ready." },
  internal: { severity: "error", title: "Something went wrong in Lockstep", text: "Try again. If it keeps happening, copy the details and report it." },
} as const satisfies Record<ErrorCode, ErrorEntry>;

export function errorEntry(code: ErrorCode): ErrorEntry {
  return errorTable[code];
}
