import { call } from "../api/call";
import { commands, events } from "../bindings.gen";
import type { Commands, EventMap, Platform } from "./types";

type Listen<Payload> = (listener: (event: { payload: Payload }) => void) => Promise<() => void>;
const listenTo: { [Name in keyof EventMap]: Listen<EventMap[Name]> } = {
  cacheInvalidated: events.cacheInvalidated.listen,
  jobChanged: events.jobChanged.listen,
  jobFailed: events.jobFailed.listen,
  runProgressed: events.runProgressed.listen,
  runEnded: events.runEnded.listen,
};

export const tauriPlatform: Platform = {
  name: "tauri",
  // Answers are whole where the generator cannot tell: see types.ts.
  commands: commands as Commands,
  openLink: async (url) => void (await call(commands.openLink(url))),
  listen: (name, listener) => {
    const listening = listenTo[name]((event) => listener(event.payload));
    return () => void listening.then((unlisten) => unlisten());
  },
};
