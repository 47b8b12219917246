import type { CommandError, Result } from "../platform";

/** A refusal of the engine, as a value that travels through the query cache. */
export class AppError extends Error {
  readonly command: CommandError;

  constructor(command: CommandError) {
    super(command.message);
    this.name = "AppError";
    this.command = command;
  }
}

/** Unwraps a command's answer: the data, or an [`AppError`]. */
export async function call<T>(answer: Promise<Result<T>>): Promise<T> {
  const result = await answer;
  if (result.status === "error") throw new AppError(result.error);
  return result.data;
}

/** What is known about anything that was thrown. */
export function commandErrorOf(error: unknown): CommandError {
  if (error instanceof AppError) return error.command;
  const message = error instanceof Error ? error.message : String(error);
  return { code: "internal", message, hints: [], retryable: true, detail: error instanceof Error ? (error.stack ?? null) : null };
}
