/** Applies decorators to a method, in the order of source code: the last one first. */
export function decorateMethod({ prototype }, name, decorators) {
  const descriptor = Object.getOwnPropertyDescriptor(prototype, name);
  for (const decorate of decorators.toReversed()) decorate(prototype, name, descriptor);
}
