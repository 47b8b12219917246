import { Badge, StatusWord } from "../Status";
import { groupState } from "./words";

/** Icon and word; tinted only where it waits for the admin. */
export function GroupStateWord({ state }: { state: string }) {
  const { word, icon, tone, isTinted, text } = groupState(state);
  return <span title={text}>{isTinted ? <Badge icon={icon} tone={tone}>{word}</Badge> : <StatusWord icon={icon} tone={tone} muted={tone === "neutral"}>{word}</StatusWord>}</span>;
}
