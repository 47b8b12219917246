import { useRouter } from "@tanstack/react-router";
import { useEffect } from "react";

/** How long the palette takes to close. */
const PALETTE_CLOSES_MS = 400;

function take(): void {
  const focused = document.activeElement;
  if (focused === null || focused === document.body) document.getElementById("main")?.focus({ preventScroll: true });
}

/** Where a screen was left by something that went with it, the focus would fall to the page: the new screen takes it. */
export function useFocusOnArrival(): void {
  const router = useRouter();
  useEffect(
    () =>
      router.subscribe("onRendered", ({ pathChanged }) => {
        if (!pathChanged) return;
        take();
        // A palette that closes gives the focus back to what is gone meanwhile.
        window.setTimeout(take, PALETTE_CLOSES_MS);
      }),
    [router],
  );
}
