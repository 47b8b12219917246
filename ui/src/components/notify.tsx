import { notifications } from "@mantine/notifications";
import type { ReactNode } from "react";
import { IconCircleCheck, IconInfoCircle } from "@tabler/icons-react";
import { commandErrorOf } from "../api/call";
import { errorEntry } from "../api/errorTable";

const closeButtonProps = { "aria-label": "Dismiss" };

/** For what the person started and can see elsewhere too; errors of a screen stand on the screen. */
export function notify(title: string, message?: ReactNode): void {
  notifications.show({ title, message: message ?? "", icon: <IconCircleCheck className="c-ok" size={16} stroke={1.75} aria-hidden />, withBorder: true, closeButtonProps, autoClose: 6_000 });
}

export function notifyError(error: unknown): void {
  const command = commandErrorOf(error);
  const hint = command.hints[0] ?? errorEntry(command.code).text;
  notifications.show({ title: command.message, message: hint, icon: <IconInfoCircle className="c-bad" size={16} stroke={1.75} aria-hidden />, withBorder: true, closeButtonProps, autoClose: 15_000 });
}
