/**
 * The nonce that the shell gave to the empty `<style data-n>` of index.html.
 *
 * The content security policy refuses styles made at run time without it, and the theme would be lost silently.
 */
export function styleNonce(): string | undefined {
  const nonce = document.querySelector<HTMLStyleElement>("style[data-n]")?.nonce;
  return nonce === "" ? undefined : nonce;
}
