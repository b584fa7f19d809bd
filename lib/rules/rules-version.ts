let version = 0;

/** Says that what is known about the rules of any handler may be outdated: a decorator was applied, or a function got its mark. */
export function noteChangedRules(): void {
  version++;
}

/** A number that grows with each change. What was found out under another number does not count. */
export function rulesVersion(): number {
  return version;
}
