import { describe, expect, it, onTestFinished } from "vitest";
import { setDraft } from "../features/review/drafts";
import type { Platform } from "../platform";
import { expectAccessible, openWindow, page, press, userEvent } from "./render";

const editors = "takeover:confluence-editors";
const at = (conflict: string) => `/c/fennmark/review?open=${encodeURIComponent(conflict)}`;
const grid = () => page.getByRole("grid");
const panel = (name: string) => page.getByRole("complementary", { name });
const row = (name: string) => page.getByRole("row", { name: new RegExp(name) });

async function open(path: string): Promise<Platform> {
  onTestFinished(() => setDraft("fennmark", editors, undefined));
  const { platform } = await openWindow("typical", path);
  await expect.element(grid().getByText("confluence-editors", { exact: true }).first()).toBeVisible();
  return platform;
}

/** Somebody else's window decides first. */
async function decideElsewhere(platform: Platform, conflict: string) {
  const view = await platform.commands.getConflict("fennmark", conflict);
  if (view.status !== "ok") throw new Error("There is such a question.");
  return platform.commands.decide("fennmark", [{ conflict, choice: "leave-alone", facts: view.data.conflict.facts, seen: view.data.conflict.decision }]);
}

describe("three clashes", () => {
  it("are decided in three ways, by whoever is at the keyboard, and each can be taken back", async () => {
    await open("/c/fennmark/review");
    document.querySelector<HTMLElement>('tr[data-row="0"]')?.focus();
    await press("Enter");
    await panel("confluence-editors").getByRole("radio", { name: /Take over/ }).click();
    await panel("confluence-editors").getByRole("button", { name: "Save decision" }).click();
    await expect.element(row("confluence-editors").getByText("Take over")).toBeVisible();
    await panel("confluence-editors").getByRole("button", { name: "Next" }).click();
    await panel("jira-service-agents").getByRole("radio", { name: /Keep the others/ }).click();
    await panel("jira-service-agents").getByRole("button", { name: "Save decision" }).click();
    await expect.element(row("jira-service-agents").getByText("Keep the others")).toBeVisible();
    await panel("jira-service-agents").getByRole("button", { name: "Next" }).click();
    await panel("finance-approvers").getByRole("radio", { name: /Sync under another name/ }).click();
    await panel("finance-approvers").getByLabelText("New name").fill("finance-approvers-jc");
    await press("Enter");
    await expect.element(row("finance-approvers").getByText("As “finance-approvers-jc”")).toBeVisible();
    expect(document.activeElement, "the focus stays in the name").toBe(panel("finance-approvers").getByLabelText("New name").element());
    expect(page.getByText("Decided in another window").query(), "one's own decision is no other window's").toBeNull();
    await expect.element(page.getByRole("link", { name: /Review groups/ }).getByText("8")).toBeVisible();
    await panel("finance-approvers").getByRole("button", { name: "Undo decision" }).click();
    await expect.element(row("finance-approvers").getByText("Not decided")).toBeVisible();
    await press("Escape");
    await expect.poll(() => document.activeElement?.closest("tr")?.textContent).toContain("confluence-editors");
  });

  it("cannot be taken back once a plan with the decision was applied", async () => {
    await open(at("takeover:site-reliability"));
    await panel("site-reliability").getByRole("button", { name: "Undo decision" }).click();
    await expect.element(page.getByText("Already applied")).toBeVisible();
    await expect.element(row("site-reliability").getByText("Take over")).toBeVisible();
  });
});

describe("a new name", () => {
  it("that clashes too is refused with a sentence, and stays as it was typed: in another row and on another screen", async () => {
    await open(at(editors));
    const form = panel("confluence-editors");
    await form.getByRole("radio", { name: /Sync under another name/ }).click();
    await form.getByRole("button", { name: "Save decision" }).click();
    await expect.element(form.getByText("Give the group a name.")).toBeVisible();
    await form.getByLabelText("New name").fill("Confluence-Editors");
    await expect.element(form.getByText("Confluence-Editors is the name that clashes. Choose another one.")).toBeVisible();
    await form.getByLabelText("New name").fill("data-science");
    await form.getByRole("button", { name: "Save decision" }).click();
    await expect.element(form.getByText("A group named data-science exists in Atlassian too. Choose another name.")).toBeVisible();
    await expect.element(form.getByLabelText("New name")).toHaveValue("data-science");
    await form.getByRole("button", { name: "Next" }).click();
    await expect.element(panel("jira-service-agents")).toBeVisible();
    await panel("jira-service-agents").getByRole("button", { name: "Previous" }).click();
    await expect.element(form.getByLabelText("New name")).toHaveValue("data-science");
    await page.getByRole("link", { name: "People" }).click();
    await page.getByRole("link", { name: /Review groups/ }).click();
    await grid().getByText("confluence-editors", { exact: true }).first().click();
    await expect.element(form.getByLabelText("New name")).toHaveValue("data-science");
  });
});

describe("two windows", () => {
  it("do not overwrite each other: the second is told, sees what was decided, and keeps what it chose", async () => {
    const platform = await open(at(editors));
    const form = panel("confluence-editors");
    await form.getByRole("radio", { name: /Take over/ }).click();
    const original = platform.commands.decide;
    platform.commands.decide = async (connection, decisions) => {
      platform.commands.decide = original;
      await decideElsewhere(platform, editors);
      return original(connection, decisions);
    };
    await form.getByRole("button", { name: "Save decision" }).click();
    await expect.element(page.getByText("Decided in another window")).toBeVisible();
    await expect.element(row("confluence-editors").getByText("Leave alone")).toBeVisible();
    await expect.element(form.getByRole("radio", { name: /Take over/ })).toBeChecked();
    await form.getByRole("button", { name: "Save decision" }).click();
    await expect.element(row("confluence-editors").getByText("Take over")).toBeVisible();
  });

  it("say that a question is gone, and leave the list as it was", async () => {
    await open(at("takeover:vanished-meanwhile"));
    await expect.element(panel("Not asked any more")).toBeVisible();
    await page.getByRole("button", { name: "Back to the list" }).click();
    await expect.element(grid().getByText("confluence-editors", { exact: true }).first()).toBeVisible();
  });
});

describe("many at once", () => {
  it("are decided with a confirmation that says whom it costs what; what is refused stays selected with its reason", async () => {
    const platform = await open("/c/fennmark/review");
    for (const name of ["confluence-editors", "jira-service-agents", "finance-approvers"]) await page.getByRole("checkbox", { name: `Select ${name}` }).click();
    await expect.element(page.getByText("8 people would lose access")).toBeVisible();
    await page.getByRole("button", { name: "Take over", exact: true }).click();
    const dialog = page.getByRole("dialog");
    await expect.element(dialog.getByText("8 people lose app access, and 14 people lose membership, in 3 groups.")).toBeVisible();
    await expect.element(dialog.getByRole("button", { name: "Cancel" })).toHaveFocus();
    await expectAccessible();
    await decideElsewhere(platform, editors);
    await dialog.getByRole("button", { name: "Take over 3 groups" }).click();
    await expect.element(page.getByText("1 decision was not taken; nothing about it changed")).toBeVisible();
    await expect.element(page.getByText(/Ines Varga decided about confluence-editors in another window/)).toBeVisible();
    await expect.element(page.getByText("1 group selected")).toBeVisible();
    await expect.element(row("jira-service-agents").getByText("Take over")).toBeVisible();
  });

  it("are all that match, on the screen or not; those with an answer of their own are left out and counted", async () => {
    await open("/c/fennmark/review");
    await page.getByRole("checkbox", { name: "Select confluence-editors" }).click();
    await page.getByRole("button", { name: "Select all 15 groups" }).click();
    await expect.element(page.getByText("6 must be decided one by one")).toBeVisible();
    await expect.element(page.getByText("Decide for 9 groups")).toBeVisible();
    await page.getByRole("button", { name: "Leave alone", exact: true }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Leave alone 9 groups" }).click();
    await expect.element(row("eng-platform").getByText("Leave alone")).toBeVisible();
    await expect.element(row("jira-users-fennmark").getByText("Cannot be synced")).toBeVisible();
  });

  it("are filtered by the counts above the table", async () => {
    await open("/c/fennmark/review");
    await page.getByRole("button", { name: "Somebody loses access 4" }).click();
    await expect.element(page.getByText("4 of 15 groups")).toBeVisible();
    await page.getByRole("button", { name: "Somebody loses access 4" }).click();
    await expect.element(page.getByText("15 groups", { exact: true })).toBeVisible();
  });
});

describe("the people of a clash", () => {
  it("are named with what they lose and keep, and are found in a long list", async () => {
    await open(at(editors));
    const form = panel("confluence-editors");
    await expect.element(form.getByText("loses Confluence", { exact: true }).first()).toBeVisible();
    await form.getByRole("tab", { name: /stay/ }).click();
    await form.getByRole("button", { name: "Show all 41" }).click();
    const name = form.getByRole("listitem").nth(2).element().textContent ?? "";
    await form.getByRole("textbox", { name: /Search/ }).fill(name);
    await expect.element(form.getByText("1 of 41")).toBeVisible();
  });

  it("are tabs that the arrows walk", async () => {
    await open(at(editors));
    const lose = panel("confluence-editors").getByRole("tab", { name: /lose/ });
    (lose.element() as HTMLElement).focus();
    await press("ArrowRight");
    await expect.element(panel("confluence-editors").getByRole("tab", { name: /stay/ })).toHaveAttribute("aria-selected", "true");
  });
});

describe("a bound group", () => {
  it("leads from its number to the people, and is unbound only with what was shown", async () => {
    const { platform } = await openWindow("typical", "/c/fennmark/groups");
    await page.getByRole("link", { name: "2 people deactivated", exact: true }).click();
    await expect.element(page.getByRole("heading", { name: "design", exact: true })).toBeVisible();
    await expect.poll(() => document.activeElement?.getAttribute("aria-label")).toBe("If unbound now");
    await page.getByRole("button", { name: "Unbind…" }).click();
    const dialog = page.getByRole("dialog");
    await expect.element(dialog.getByText(/^2 people would be deactivated in Atlassian/)).toBeVisible();
    await expect.element(dialog.getByRole("button", { name: "Keep it bound" })).toHaveFocus();
    await expectAccessible();
    const original = platform.commands.unbindGroup;
    platform.commands.unbindGroup = (connection, group) => original(connection, group, "another consequence");
    await dialog.getByRole("button", { name: "Unbind, deactivating 2" }).click();
    await expect.element(dialog.getByText("Whom this affects changed since it was shown. These are the figures now.")).toBeVisible();
    platform.commands.unbindGroup = original;
    await dialog.getByRole("button", { name: "Unbind, deactivating 2" }).click();
    await expect.element(page.getByText("19 groups")).toBeVisible();
  });

  it("is bound after seeing whom that puts in scope, without the mouse", async () => {
    await openWindow("typical", "/c/fennmark/groups");
    await expect.element(page.getByText("20 groups")).toBeVisible();
    (page.getByRole("button", { name: "Bind a group…" }).element() as HTMLElement).focus();
    await press("Enter");
    const dialog = page.getByRole("dialog");
    await expect.element(dialog.getByRole("textbox")).toHaveFocus();
    await userEvent.keyboard("contr");
    await expect.poll(() => dialog.getByRole("radio").elements().length).toBe(2);
    await press("Tab");
    await userEvent.keyboard(" ");
    await expect.element(dialog.getByText(/^\d+ people come into scope/)).toBeVisible();
    await dialog.getByRole("button", { name: /^Bind eu-contractors/ }).click();
    await expect.element(page.getByText("21 groups")).toBeVisible();
  });

  it("is found by the palette", async () => {
    await openWindow("typical", "/c/fennmark/overview");
    await expect.element(page.getByText("Plan 418 waits for you")).toBeVisible();
    await userEvent.keyboard("{Control>}k{/Control}");
    await page.getByLabelText("Search or jump to").fill("site-reliab");
    await expect.element(page.getByRole("button", { name: /site-reliability/ })).toBeVisible();
    await press("Enter");
    await expect.element(page.getByRole("heading", { name: "site-reliability", exact: true })).toBeVisible();
  });
});
