/** The faults in force with one switched on or off; those that no switch stands for stay. */
export function withFault(faults: readonly string[], spec: string, isOn: boolean): string[] {
  const others = faults.filter((fault) => fault !== spec);
  return isOn ? [...others, spec] : others;
}
