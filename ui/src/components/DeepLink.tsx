import { Button } from "@mantine/core";
import { IconCheck, IconCopy, IconExternalLink } from "@tabler/icons-react";
import { useState } from "react";
import { platform } from "../platform";
import { notifyError } from "./notify";

/** Opens a page of Atlassian's or JumpCloud's console in the person's browser; where that fails, the address is there to be copied. */
export function DeepLink({ url, children, isPrimary = false }: { url: string; children: string; isPrimary?: boolean }) {
  const [state, setState] = useState<"idle" | "failed" | "copied">("idle");
  const open = () => void platform().openLink(url).catch((error: unknown) => (setState("failed"), notifyError(error)));
  const copy = async () => {
    await navigator.clipboard.writeText(url);
    setState("copied");
  };
  if (state !== "idle") {
    return (
      <Button size="compact-sm" title={url} leftSection={state === "copied" ? <IconCheck size={16} stroke={1.75} aria-hidden /> : <IconCopy size={16} stroke={1.75} aria-hidden />} onClick={() => void copy()}>
        {state === "copied" ? "Address copied" : "Copy the address"}
      </Button>
    );
  }
  return (
    <Button size="compact-sm" variant={isPrimary ? "filled" : "default"} title={url} rightSection={<IconExternalLink size={16} stroke={1.75} aria-hidden />} onClick={open}>
      {children}
    </Button>
  );
}
