const listeners: (() => void)[] = [];

/** Calls a function each time that what is known about the rules of any handler may be outdated. */
export function onChangedRules(listener: () => void): void {
  listeners.push(listener);
}

/** Says that a decorator was applied, or that a function got its mark. */
export function noteChangedRules(): void {
  for (const listener of listeners) listener();
}
