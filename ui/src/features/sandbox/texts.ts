export const texts = {
  title: "Sandbox",
  sub: "an invented organisation on this computer",
  lead: "Both services are simulated here and spoken to as the real ones are. Let something happen, compute the plan, and see what Lockstep makes of it. Nothing leaves this computer.",
  stories: "Something happens",
  tell: "Let it happen",
  plan: "Compute the plan",
  faults: "Something fails",
  faultsText: "Each fault stays until it is switched off.",
  afresh: "Start afresh",
  afreshText: "The people, plans and runs of this sandbox are forgotten, and a new organisation is made up.",
  size: "Size",
  keep: "Keep this one",
  gone: "The sandbox does not run",
  goneText: "It ended with the last session. Start it afresh; its people are invented anew.",
} as const;

export const sizes = [
  { value: "small", label: "Small: 40 people" },
  { value: "medium", label: "Medium: 1,000" },
  { value: "large", label: "Large: 100,000" },
] as const;
export type Size = (typeof sizes)[number]["value"];

/** The faults worth trying, as the sandbox's specifications, with what each is to show. */
export const faultPresets = [
  { spec: "rate-limit:rate=10,retry-after=1", title: "Requests are limited", text: "Ten a second are allowed. Lockstep waits as long as it is told, and goes on." },
  { spec: "slow:ms=300", title: "Everything is slow", text: "Each answer takes 0.3 s longer. Progress and its estimate say so." },
  { spec: "server-error:every=7", title: "Errors now and then", text: "Every seventh request is answered with an error. Lockstep tries again, with growing pauses." },
  { spec: "drop-after:every=9,method=write", title: "Answers are lost after the write", text: "The write happened and its answer never came. It is read back before anything is sent again." },
  { spec: "server-error:path=/api/systemusers,after=1", title: "A reading breaks off half-way", text: "The people of JumpCloud are never read to the end, so nobody can be deactivated." },
  { spec: "revoked-key:side=scim", title: "The SCIM key is revoked", text: "Writing stops at once. The connection is paused, and says what to do." },
] as const;
