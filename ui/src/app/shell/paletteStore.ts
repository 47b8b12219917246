import { createSpotlight } from "@mantine/spotlight";

export const [paletteStore, palette] = createSpotlight();

/**
 * Selects the first result.
 *
 * The kit does so when the text changes, but our people arrive a moment later; it offers no call for it, so this does what it does itself (mantine/spotlight `selectAction`).
 */
export function selectFirst(): void {
  const { listId, opened } = paletteStore.getState();
  const list = opened && listId ? document.getElementById(listId) : null;
  if (!list) return;
  list.querySelector("[data-selected]")?.removeAttribute("data-selected");
  list.querySelector("[data-action]")?.setAttribute("data-selected", "true");
  paletteStore.updateState((state) => ({ ...state, selected: 0 }));
}
