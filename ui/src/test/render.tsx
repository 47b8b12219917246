import { createMemoryHistory } from "@tanstack/react-router";
import axe from "axe-core";
import { createRoot, type Root } from "react-dom/client";
import { expect, onTestFinished } from "vitest";
import { page, userEvent } from "vitest/browser";
import { createApp } from "../app/App";
import { type Platform, installPlatform } from "../platform";
import { createFakePlatform, type FakeScenario } from "../platform/fake";

export type Window = {
  readonly platform: Platform;
  readonly go: (path: string) => void;
};

/** Opens the whole window at an address, over an invented platform; a command that it does not know fails the test. */
export async function openWindow(scenario: FakeScenario, path: string, tick = 30): Promise<Window> {
  const platform = createFakePlatform({ scenario, tick });
  installPlatform(platform);
  const history = createMemoryHistory({ initialEntries: [path] });
  const place = document.createElement("div");
  place.id = "root";
  document.body.replaceChildren(place);
  const root: Root = createRoot(place);
  root.render(createApp(history));
  onTestFinished(() => {
    root.unmount();
    place.remove();
  });
  return { platform, go: (to) => history.push(to) };
}

/** Fails with what axe finds: rule, element, and why. */
export async function expectAccessible(): Promise<void> {
  const { violations } = await axe.run(document, { resultTypes: ["violations"] });
  const found = violations.map((violation) => `${violation.id}: ${violation.help}\n  ${violation.nodes.map((node) => `${node.target.join(" ")} — ${node.failureSummary}`).join("\n  ")}`);
  expect(found, "axe finds nothing").toEqual([]);
}

export async function press(...keys: string[]): Promise<void> {
  for (const key of keys) await userEvent.keyboard(`{${key}}`);
}

export { page, userEvent };
