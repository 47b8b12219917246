import { formatCount } from "./format";

/** `plural(1, "group")` is "1 group", `plural(3, "group")` is "3 groups"; irregular plurals are given. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}
