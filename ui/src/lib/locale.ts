const FALLBACK = "en-GB";

/** The person's locale, where it is one: a desktop without a language calls itself "C", which every formatter refuses. */
export function usableLocale(tag: string | undefined): string {
  try {
    return (tag && Intl.getCanonicalLocales(tag)[0]) || FALLBACK;
  } catch {
    return FALLBACK;
  }
}

export const locale = usableLocale(typeof navigator === "undefined" ? undefined : navigator.language);
