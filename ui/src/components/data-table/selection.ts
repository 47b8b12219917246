/**
 * What is selected among rows that are mostly not loaded: some keys, or all that match with exceptions.
 *
 * Never an array of a hundred thousand ids.
 */
export type Selection = { readonly mode: "some"; readonly keys: ReadonlySet<string> } | { readonly mode: "all"; readonly except: ReadonlySet<string> };

export const nothing: Selection = { mode: "some", keys: new Set() };
export const everything: Selection = { mode: "all", except: new Set() };

export function isSelected(selection: Selection, key: string): boolean {
  return selection.mode === "all" ? !selection.except.has(key) : selection.keys.has(key);
}

export function toggle(selection: Selection, key: string): Selection {
  const flipped = (set: ReadonlySet<string>) => {
    const next = new Set(set);
    if (!next.delete(key)) next.add(key);
    return next;
  };
  return selection.mode === "all" ? { mode: "all", except: flipped(selection.except) } : { mode: "some", keys: flipped(selection.keys) };
}

/** Selects the rows of a page, or, when all of them are selected already, takes them out again. */
export function togglePage(selection: Selection, page: readonly string[]): Selection {
  const take = !page.every((key) => isSelected(selection, key));
  return page.reduce((current, key) => (isSelected(current, key) === take ? current : toggle(current, key)), selection);
}

export function countSelected(selection: Selection, total: number): number {
  return selection.mode === "all" ? Math.max(0, total - selection.except.size) : selection.keys.size;
}

/** The state of the check-box in the head. */
export function pageState(selection: Selection, page: readonly string[]): "none" | "some" | "all" {
  const selected = page.filter((key) => isSelected(selection, key)).length;
  if (selected === 0) return "none";
  return selected === page.length ? "all" : "some";
}
