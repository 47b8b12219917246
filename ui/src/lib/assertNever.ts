/** Makes a forgotten case a type error, and an unknown value from outside a visible one. */
export function assertNever(value: never): never {
  throw new Error(`Unexpected value: ${JSON.stringify(value)}`);
}
