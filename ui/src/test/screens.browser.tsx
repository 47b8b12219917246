import { describe, expect, it } from "vitest";
import type { FakeScenario } from "../platform/fake";
import { expectAccessible, openWindow, page } from "./render";

const screens: readonly (readonly [string, FakeScenario, string, string])[] = [
  ["welcome", "first", "/welcome", "Keep Atlassian Cloud in step with JumpCloud"],
  ["connect", "first", "/connect", "Connect JumpCloud and Atlassian"],
  ["overview, typical", "typical", "/c/fennmark/overview", "Plan 418 waits for you"],
  ["overview, empty", "empty", "/c/fennmark/overview", "Start with a first reading"],
  ["overview, error", "failing", "/c/fennmark/overview", "No answer"],
  ["overview, huge", "huge", "/c/fennmark/overview", "Plan 418 waits for you"],
  ["plan, typical", "typical", "/c/fennmark/plan", "Plan 418"],
  ["plan, with the panel", "typical", "/c/fennmark/plan?open=op-0", "Amara Osei"],
  ["plan, empty", "empty", "/c/fennmark/plan", "No plan yet"],
  ["plan, error", "failing", "/c/fennmark/plan", "No answer"],
  ["plan, huge", "huge", "/c/fennmark/plan", "Plan 418"],
  ["runs, typical", "typical", "/c/fennmark/runs", "Runs"],
  ["runs, empty", "empty", "/c/fennmark/runs", "No runs yet"],
  ["run", "typical", "/c/fennmark/runs/run-417", "Run 417"],
  ["people, typical", "typical", "/c/fennmark/people", "People"],
  ["people, empty", "empty", "/c/fennmark/people", "Nobody read yet"],
  ["people, error", "failing", "/c/fennmark/people", "No answer"],
  ["people, loading", "slow", "/c/fennmark/people", "People"],
  ["people, huge", "huge", "/c/fennmark/people", "People"],
  ["person, to be deactivated", "typical", "/c/fennmark/people/p0", "Why Amara would be deactivated"],
  ["person, active", "typical", "/c/fennmark/people/p90", "Both records"],
  ["groups, typical", "typical", "/c/fennmark/groups", "User groups"],
  ["groups, empty", "empty", "/c/fennmark/groups", "Nothing read yet"],
  ["group, loading", "slow", "/c/fennmark/groups/g-design", "User groups"],
  ["groups, error", "failing", "/c/fennmark/groups", "No answer"],
  ["groups, loading", "slow", "/c/fennmark/groups", "User groups"],
  ["groups, huge", "huge", "/c/fennmark/groups", "everybody"],
  ["group, managed", "typical", "/c/fennmark/groups/g-design", "Why design is synced"],
  ["group, with a question", "typical", "/c/fennmark/groups/g-legal", "Why legal is not synced"],
  ["group, huge", "huge", "/c/fennmark/groups/g-everybody?show=unbound", "If unbound now"],
  ["group, gone", "typical", "/c/fennmark/groups/g-nobody", "Not found"],
  ["group, binding", "typical", "/c/fennmark/groups?bind=true", "Bind a user group"],
  ["review, typical", "typical", "/c/fennmark/review", "confluence-editors"],
  ["review, with the panel", "typical", "/c/fennmark/review?open=takeover%3Aconfluence-editors", "If JumpCloud takes over"],
  ["review, waiting", "typical", "/c/fennmark/review?open=takeover%3Alegal", "Open in Atlassian"],
  ["review, cannot be synced", "typical", "/c/fennmark/review?open=takeover%3Ajira-users-fennmark", "Cannot be synced"],
  ["review, asked again", "typical", "/c/fennmark/review?open=takeover%3Aeng-platform", "Asked again: the facts changed"],
  ["review, a rename", "typical", "/c/fennmark/review?open=group_rename%3Asales-emea", "What it costs"],
  ["review, empty", "empty", "/c/fennmark/review", "Nothing read yet"],
  ["review, error", "failing", "/c/fennmark/review", "No answer"],
  ["review, loading", "slow", "/c/fennmark/review", "Review groups"],
  ["review, huge", "huge", "/c/fennmark/review?open=takeover%3Aeverybody", "everybody"],
  ["events, typical", "typical", "/c/fennmark/events", "Events"],
  ["events, empty", "empty", "/c/fennmark/events", "No events yet"],
  ["sandbox", "sandbox", "/c/sandbox/sandbox", "Something happens"],
  ["settings", "typical", "/c/fennmark/settings", "Settings"],
];

describe.each(["light", "dark"] as const)("screens in %s", (scheme) => {
  it.each(screens)("%s renders, and axe finds nothing", async (_name, scenario, path, words) => {
    localStorage.setItem("mantine-color-scheme-value", scheme);
    await openWindow(scenario, path);
    await expect.element(page.getByText(words, { exact: true }).first()).toBeVisible();
    await expectAccessible();
  });
});
