import { describe, expect, it } from "vitest";
import { openWindow, page, press, userEvent } from "./render";

describe("the first minutes", () => {
  it("lead from the sandbox to a run that is over", async () => {
    await openWindow("first", "/");
    await page.getByRole("button", { name: /Try it in the sandbox/ }).click();
    await page.getByRole("button", { name: "Read both sides" }).click();
    await page.getByRole("link", { name: "Review plan" }).click();
    await page.getByRole("button", { name: "Approve 41 operations" }).click();
    await expect.element(page.getByRole("heading", { name: /^Run \d+$/ })).toBeVisible();
    await expect.element(page.getByText("Differences found by reading back")).toBeVisible();
    await expect.element(page.getByText("1 failed, 2 differences")).toBeVisible();
  });

  it("stop when the person stops the run", async () => {
    await openWindow("typical", "/c/fennmark/plan", 400);
    await page.getByRole("button", { name: "Approve 41 operations" }).click();
    await page.getByRole("button", { name: "Stop" }).click();
    await expect.element(page.getByText("The run was stopped")).toBeVisible();
  });
});

describe("a plan", () => {
  it("is filtered by its counts, and each leads back", async () => {
    await openWindow("typical", "/c/fennmark/plan");
    await page.getByRole("button", { name: "17 deactivate" }).click();
    await expect.element(page.getByText("17 of 61 operations")).toBeVisible();
    await page.getByRole("button", { name: "61 all" }).click();
    await expect.element(page.getByText("61 operations", { exact: true })).toBeVisible();
  });

  it("lets a guard be overridden with a reason only, and counts what that releases", async () => {
    await openWindow("typical", "/c/fennmark/plan");
    await page.getByRole("button", { name: "Override…" }).click();
    const dialog = page.getByRole("dialog");
    await expect.element(dialog.getByRole("button", { name: "Keep the guard" })).toHaveFocus();
    await dialog.getByRole("button", { name: "Override for this plan" }).click();
    await expect.element(dialog.getByText("Write why; it is recorded with the run.")).toBeVisible();
    await dialog.getByLabelText("Why").fill("Support was reorganised");
    await dialog.getByRole("button", { name: "Override for this plan" }).click();
    await expect.element(page.getByRole("button", { name: "Approve 58 operations" })).toBeVisible();
    await page.getByRole("button", { name: "Take back the override" }).click();
    await expect.element(page.getByRole("button", { name: "Approve 41 operations" })).toBeVisible();
  });

  it("deletes a group only after its name was typed", async () => {
    await openWindow("typical", "/c/fennmark/plan?open=op-17");
    await page.getByRole("button", { name: "Delete too…" }).click();
    const confirm = page.getByRole("button", { name: "Delete intranet-pilot with this plan" });
    await expect.element(confirm).toBeDisabled();
    await page.getByLabelText(/Type intranet-pilot to confirm/).fill("intranet-pilot");
    await confirm.click();
    await expect.element(page.getByRole("button", { name: "Approve 42 operations" })).toBeVisible();
  });

  it("is never approved as it stands once another has replaced it", async () => {
    const { platform } = await openWindow("typical", "/c/fennmark/plan");
    const approve = page.getByRole("button", { name: "Approve 41 operations" });
    await expect.element(approve).toBeVisible();
    const original = platform.commands.approvePlan;
    platform.commands.approvePlan = (_plan, basis, approval) => original("plan-417", basis, approval);
    await approve.click();
    await expect.element(page.getByText("The plan is out of date")).toBeVisible();
    await expect.element(page.getByText("This plan is not the latest.")).toBeVisible();
  });
});

describe("connecting", () => {
  it("tests line by line, loses nothing that was typed, and then saves", async () => {
    await openWindow("first", "/connect");
    await page.getByLabelText("Name of this connection").fill("Fennmark");
    await page.getByLabelText("API key", { exact: true }).fill("key");
    await page.getByRole("button", { name: "Find applications" }).click();
    await expect.element(page.getByRole("combobox", { name: "SSO application" })).toHaveValue("Atlassian Cloud");
    await page.getByLabelText("SCIM base URL").fill("https://api.atlassian.com/scim/directory/7f3c9b1e");
    await page.getByLabelText("SCIM key", { exact: true }).fill("wrong");
    await page.getByRole("button", { name: "Test the connection" }).click();
    await expect.element(page.getByText("Atlassian refused the SCIM key (401)")).toBeVisible();
    await expect.element(page.getByLabelText("Name of this connection")).toHaveValue("Fennmark");
    await page.getByLabelText("SCIM key", { exact: true }).fill("right");
    await page.getByRole("button", { name: "Test the connection" }).click();
    await page.getByRole("button", { name: "Save the connection" }).click();
    await expect.element(page.getByText("Start with a first reading")).toBeVisible();
  });

  it("leads to the first field that is wrong", async () => {
    await openWindow("first", "/connect");
    await page.getByRole("button", { name: "Test the connection" }).click();
    await expect.element(page.getByText("Give the connection a name.")).toBeVisible();
    expect(document.activeElement?.getAttribute("name"), "the focus is in a field that is wrong").not.toBeNull();
  });
});

describe("the keyboard", () => {
  it("opens the palette, finds a person, and goes there", async () => {
    await openWindow("typical", "/c/fennmark/overview");
    await expect.element(page.getByText("Plan 418 waits for you")).toBeVisible();
    await userEvent.keyboard("{Control>}k{/Control}");
    await page.getByLabelText("Search or jump to").fill("Leila Haddad");
    await expect.element(page.getByRole("button", { name: /Leila Haddad/ }).first()).toBeVisible();
    await press("Enter");
    await expect.element(page.getByRole("heading", { name: "Leila Haddad" })).toBeVisible();
  });

  it("goes to a screen by G and its letter", async () => {
    await openWindow("typical", "/c/fennmark/overview");
    await expect.element(page.getByText("Plan 418 waits for you")).toBeVisible();
    await userEvent.keyboard("gp");
    await expect.element(page.getByRole("heading", { name: "Plan 418" })).toBeVisible();
  });
});

describe("a screen that is left by a row", () => {
  it("hands the focus to the next one, whose title says where one is", async () => {
    await openWindow("typical", "/c/fennmark/people");
    await expect.element(page.getByText("Amara Osei", { exact: true }).first()).toBeVisible();
    document.querySelector<HTMLElement>('tr[data-row="0"]')?.focus();
    await press("Enter");
    await expect.element(page.getByRole("heading", { name: "Amara Osei" })).toBeVisible();
    await expect.poll(() => document.activeElement?.id).toBe("main");
    expect(document.title).toBe("Amara Osei · Lockstep");
  });
});

describe("the sandbox's own screen", () => {
  it("lets a story happen and leads to the plan that shows it", async () => {
    await openWindow("first", "/");
    await page.getByRole("button", { name: /Try it in the sandbox/ }).click();
    await page.getByRole("link", { name: "Sandbox", exact: true }).click();
    await page.getByRole("button", { name: "Let it happen: Somebody is suspended" }).click();
    await expect.element(page.getByText("Amara Osei is suspended in JumpCloud.")).toBeVisible();
    await page.getByRole("switch", { name: "Everything is slow" }).click({ force: true });
    await expect.element(page.getByRole("switch", { name: "Everything is slow" })).toBeChecked();
    await page.getByRole("button", { name: "Compute the plan" }).click();
    await expect.element(page.getByRole("heading", { name: "Plan 418" })).toBeVisible();
  });

  it("is offered for the sandbox only", async () => {
    await openWindow("typical", "/c/fennmark/overview");
    await expect.element(page.getByText("Plan 418 waits for you")).toBeVisible();
    expect(page.getByRole("link", { name: "Sandbox", exact: true }).query()).toBeNull();
  });
});
