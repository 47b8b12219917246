import { Button } from "@mantine/core";
import { IconCheck, IconCircleX, IconCopy, IconInfoCircle, IconRefresh } from "@tabler/icons-react";
import { useState } from "react";
import { commandErrorOf } from "../api/call";
import { errorEntry } from "../api/errorTable";
import classes from "./ErrorPanel.module.css";

/** What happened, why, what to do; the details for whoever is asked about it. */
export function ErrorPanel({ error, onRetry }: { error: unknown; onRetry?: (() => void) | undefined }) {
  const [isCopied, setCopied] = useState(false);
  const command = commandErrorOf(error);
  const entry = errorEntry(command.code);
  const Icon = entry.severity === "info" ? IconInfoCircle : IconCircleX;
  const hints = command.hints.length > 0 ? command.hints : [entry.text];
  const copy = async () => {
    await navigator.clipboard.writeText(detailsOf(command));
    setCopied(true);
  };
  return (
    <div className={classes["panel"]} role="alert">
      <Icon className={`i ${entry.severity === "error" ? "c-bad" : entry.severity === "warning" ? "c-warn" : "c-acc"}`} size={20} stroke={1.75} aria-hidden />
      <div className="grow">
        <h2>{entry.title}</h2>
        <p className="t2">{sentence(command.message)}</p>
        <p className={classes["todo"]}>
          <b className="med">What to do.</b> <span className="t2">{hints.map(sentence).join(" ")}</span>
        </p>
        <div className={classes["actions"]}>
          {onRetry && (
            <Button size="compact-sm" leftSection={<IconRefresh size={16} stroke={1.75} aria-hidden />} onClick={onRetry}>
              Try again
            </Button>
          )}
          <Button size="compact-sm" variant="subtle" color="gray" leftSection={isCopied ? <IconCheck size={16} stroke={1.75} aria-hidden /> : <IconCopy size={16} stroke={1.75} aria-hidden />} onClick={() => void copy()}>
            {isCopied ? "Details copied" : "Copy details"}
          </Button>
        </div>
      </div>
    </div>
  );
}

const sentence = (text: string) => (/[.!?…]$/.test(text.trim()) ? text.trim() : `${text.trim()}.`);

function detailsOf({ code, message, hints, detail }: ReturnType<typeof commandErrorOf>): string {
  return [`Lockstep error ${code}`, message, ...hints.map((hint) => `Hint: ${hint}`), detail ? `Cause: ${detail}` : "", `At: ${new Date().toISOString()}`].filter(Boolean).join("\n");
}
