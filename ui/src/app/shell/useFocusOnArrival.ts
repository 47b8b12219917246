import { useRouter } from "@tanstack/react-router";
import { useEffect } from "react";

/** Where a screen was left by something that went with it, the focus would fall to the page: the new screen takes it. */
export function useFocusOnArrival(): void {
  const router = useRouter();
  useEffect(
    () =>
      router.subscribe("onRendered", ({ pathChanged }) => {
        const focused = document.activeElement;
        if (pathChanged && (focused === null || focused === document.body)) document.getElementById("main")?.focus({ preventScroll: true });
      }),
    [router],
  );
}
