import { useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";
import { itemsFor, navItems } from "./nav";

const SECOND_KEY_WITHIN_MS = 1_200;

/** G and then a letter goes to a screen, wherever nothing is being typed. */
export function useGoKeys(connectionId: string, isSandbox: boolean): void {
  const navigate = useNavigate();
  useEffect(() => {
    let pressedAt = 0;
    const onKey = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      if (event.ctrlKey || event.metaKey || event.altKey || target.closest("input,textarea,select,[contenteditable],[role=dialog]")) return;
      if (event.key === "g") {
        if (event.timeStamp - pressedAt < SECOND_KEY_WITHIN_MS) pressedAt = 0;
        else {
          pressedAt = event.timeStamp;
          return;
        }
      } else if (event.timeStamp - pressedAt > SECOND_KEY_WITHIN_MS) return;
      const item = itemsFor(navItems, isSandbox).find((each) => each.key === event.key);
      pressedAt = 0;
      if (item) void navigate({ to: item.to, params: { connection: connectionId } });
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [connectionId, isSandbox, navigate]);
}
