import type { QueryClient } from "@tanstack/react-query";
import type { CacheTag } from "../platform";
import { type Area, areasOf, readAgain } from "./tags";

/** A run commits many times a second; nobody reads faster than this. */
const PAUSE_MS = 200;
/** A reading that does not answer must not keep all others waiting. */
const PATIENCE_MS = 5_000;

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/**
 * Reads again what was written, one round at a time.
 *
 * What is written during a round is read in the next: starting anew at every notice would let no reading finish while a run goes on.
 */
export function createReader(client: QueryClient): (tags: readonly CacheTag[]) => Promise<void> {
  const pending = new Set<Area>();
  let rounds: Promise<void> | null = null;

  async function readRounds(): Promise<void> {
    while (pending.size > 0) {
      const areas = [...pending];
      pending.clear();
      const reading = Promise.all(areas.map((area) => readAgain(client, [area])));
      await Promise.race([reading, pause(PATIENCE_MS)]);
      await pause(PAUSE_MS);
    }
    rounds = null;
  }

  return (tags) => {
    tags.flatMap((tag) => areasOf[tag] ?? []).forEach((area) => pending.add(area));
    rounds ??= readRounds();
    return rounds;
  };
}
