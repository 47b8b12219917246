import { describe, expect, it } from "vitest";
import { daysUntil, formatAge, formatDuration, formatEstimate, formatShort, formatWhen, initials } from "./format";
import { usableLocale } from "./locale";
import { plural } from "./plural";

describe("the locale", () => {
  it.each([["C", "en-GB"], ["en_US.UTF-8", "en-GB"], ["", "en-GB"], [undefined, "en-GB"], ["de-AT", "de-AT"], ["en-us", "en-US"]])("of a desktop that says %j is %s", (tag, locale) => {
    expect(usableLocale(tag)).toBe(locale);
  });
});

describe("times", () => {
  const now = new Date(2026, 10, 23, 12, 0, 0);
  it.each([
    [new Date(2026, 10, 22, 23, 30).toISOString(), /^Yesterday /],
    [new Date(2025, 9, 14).toISOString(), /2025/],
    ["not a time", /^not a time$/],
  ])("of %s", (iso, words) => {
    expect(formatWhen(iso, now)).toMatch(words);
  });
  it.each([[30, "just now"], [180, "3 min ago"], [7_200, "2 h ago"], [5 * 86_400, "5 days ago"]])("%i seconds back are %s", (seconds, words) => {
    expect(formatAge(new Date(now.getTime() - seconds * 1_000).toISOString(), now)).toBe(words);
  });
  it("counts a day that has begun", () => {
    expect(daysUntil(new Date(now.getTime() + 3_600_000).toISOString(), now)).toBe(1);
  });
});

describe("durations", () => {
  it.each([[231, "231 ms"], [4_200, "4.2 s"], [52_000, "52 s"], [200_000, "3 min 20 s"], [3_900_000, "1 h 5 min"]])("%i ms is %s", (ms, words) => {
    expect(formatDuration(ms)).toBe(words);
  });
  it.each([[1, "a moment"], [18, "about 18 s"], [52, "about 50 s"], [240, "about 4 min"], [9_000, "about 2.5 h"]])("an estimate of %i s is %s", (seconds, words) => {
    expect(formatEstimate(seconds)).toBe(words);
  });
});

describe("names and numbers", () => {
  it("shorten to first and last", () => {
    expect(initials("Wei Ling Chua")).toBe("WC");
    expect(initials("cher")).toBe("C");
    expect(initials("")).toBe("");
  });
  it("agree in number", () => {
    expect([plural(0, "group"), plural(1, "group"), plural(4_312, "person", "people")]).toEqual(["0 groups", "1 group", "4,312 people"]);
  });
});

describe("figures that stand close together", () => {
  it("are whole up to ten thousand, and then in thousands, rounded down", () => {
    expect(formatShort(9_999)).toBe("9,999");
    expect(formatShort(30_999)).toBe("30k");
  });
});
