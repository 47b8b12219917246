import { notifications } from "@mantine/notifications";
import { IconCircleCheck, IconInfoCircle } from "@tabler/icons-react";
import { commandErrorOf } from "../api/call";
import { errorEntry } from "../api/errorTable";

/** For what the person started and can see elsewhere too; errors of a screen stand on the screen. */
export function notify(title: string, message?: string): void {
  notifications.show({ title, message: message ?? "", icon: <IconCircleCheck size={16} stroke={1.75} aria-hidden />, color: "green", withBorder: true, autoClose: 6_000 });
}

export function notifyError(error: unknown): void {
  const command = commandErrorOf(error);
  const hint = command.hints[0] ?? errorEntry(command.code).text;
  notifications.show({ title: command.message, message: hint, icon: <IconInfoCircle size={16} stroke={1.75} aria-hidden />, color: "red", withBorder: true, autoClose: 15_000 });
}
