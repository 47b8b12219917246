import { describe, expect, it } from "vitest";
import { openWindow, page, press, userEvent } from "./render";

const focusedRow = () => document.activeElement?.closest("tr")?.getAttribute("aria-rowindex");
const grid = () => page.getByRole("grid");

async function focusFirstRow() {
  await expect.element(grid().getByText("Amara Osei", { exact: true }).first()).toBeVisible();
  document.querySelector<HTMLElement>('tr[data-row="0"]')?.focus();
}

describe("a table of a hundred thousand people", () => {
  it("draws only what is on the screen", async () => {
    await openWindow("huge", "/c/fennmark/people");
    await focusFirstRow();
    expect(document.querySelectorAll("tbody tr[data-row]").length, "rows in the document").toBeLessThan(60);
    expect(document.querySelector("table")?.getAttribute("aria-rowcount")).toBe("100001");
  });

  it("is one stop for the Tab key", async () => {
    await openWindow("huge", "/c/fennmark/people");
    await focusFirstRow();
    expect(document.querySelectorAll('table [tabindex="0"]').length).toBe(1);
  });

  it("goes to its end and back by keys, and the focus is on a row that is there", async () => {
    await openWindow("huge", "/c/fennmark/people");
    await focusFirstRow();
    await press("End");
    await expect.poll(focusedRow).toBe("100001");
    await press("ArrowUp", "PageUp");
    await expect.poll(() => Number(focusedRow())).toBeLessThan(99_999);
    await press("Home");
    await expect.poll(focusedRow).toBe("2");
  });

  it("keeps the focus on a row that was scrolled far away", async () => {
    await openWindow("huge", "/c/fennmark/people");
    await focusFirstRow();
    await press("ArrowDown");
    const scroller = document.querySelector("table")?.parentElement;
    scroller?.scrollTo({ top: 2_000_000 });
    await expect.poll(() => document.querySelector('tr[data-row="45454"]') !== null).toBe(true);
    expect(focusedRow(), "the focused row is still in the document").toBe("3");
    await press("ArrowDown");
    await expect.poll(focusedRow).toBe("4");
  });

  it("is reached by the slash, filters while typing, and gives the focus to the rows", async () => {
    await openWindow("huge", "/c/fennmark/people");
    await focusFirstRow();
    await userEvent.keyboard("/");
    await expect.element(page.getByRole("textbox", { name: "Filter people" })).toHaveFocus();
    await userEvent.keyboard("leila.haddad@");
    await expect.element(page.getByText("1 of 100,000 people")).toBeVisible();
    await press("Enter");
    await expect.poll(focusedRow).toBe("2");
  });

  it("sorts by a column's head, and says so", async () => {
    await openWindow("typical", "/c/fennmark/people");
    await focusFirstRow();
    await page.getByRole("button", { name: "Name" }).click();
    await expect.poll(() => document.querySelector("th[aria-sort=ascending]")?.textContent).toBe("Name");
    await page.getByRole("button", { name: "Name" }).click();
    await expect.poll(() => document.querySelector("th[aria-sort=descending]")?.textContent).toBe("Name");
  });

  it("shows the columns that the person picked, the next time too", async () => {
    await openWindow("typical", "/c/fennmark/people");
    await focusFirstRow();
    await page.getByRole("button", { name: "Choose columns" }).click();
    await page.getByRole("checkbox", { name: "User name" }).click();
    await expect.element(page.getByRole("columnheader", { name: "User name" })).toBeVisible();
    await openWindow("typical", "/c/fennmark/people");
    await expect.element(page.getByRole("columnheader", { name: "User name" })).toBeVisible();
  });
});

describe("the side panel", () => {
  it("opens by Enter, walks by its arrows, and gives the focus back to the row by Escape", async () => {
    await openWindow("typical", "/c/fennmark/plan");
    await focusFirstRow();
    await press("ArrowDown", "Enter");
    const panel = page.getByRole("complementary", { name: "Bram Wit" });
    await expect.element(panel).toBeVisible();
    await panel.getByRole("button", { name: "Next" }).click();
    await expect.element(page.getByRole("complementary", { name: "Chidi Nwosu" })).toBeVisible();
    await press("Escape");
    await expect.poll(() => document.querySelectorAll("aside[aria-labelledby]").length).toBe(0);
    await expect.poll(focusedRow).toBe("3");
  });
});

describe("a selection", () => {
  it("takes the screen by the head, all that match by a second step, and forgets them under another filter", async () => {
    await openWindow("huge", "/c/fennmark/people");
    await focusFirstRow();
    await press(" ");
    await expect.element(page.getByText("1 person selected")).toBeVisible();
    await page.getByRole("button", { name: "Select all 100,000 people matching" }).click();
    await expect.element(page.getByText("100,000 people selected")).toBeVisible();
    await page.getByRole("checkbox", { name: "Select Bram Wit" }).first().click();
    await expect.element(page.getByText("99,999 people selected")).toBeVisible();
    await page.getByRole("textbox", { name: "Filter people" }).fill("leila");
    await expect.poll(() => document.querySelector('[aria-label="Selection"]')).toBeNull();
  });
});

describe("a person", () => {
  it("is protected by one button, and says so", async () => {
    await openWindow("typical", "/c/fennmark/people/p3");
    await page.getByRole("button", { name: "Protect" }).click();
    await expect.element(page.getByRole("button", { name: "Lift protection" })).toBeVisible();
    await expect.element(page.getByText("Protected", { exact: true }).first()).toBeVisible();
  });
});
