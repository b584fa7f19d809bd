import { UseGuards } from '../../under-test/nest.mjs';

class NoOpGuard {
  canActivate() {
    return true;
  }
}

/** The minimum cost of a guard, which all others are compared with. */
export function createProtection() {
  return { decorators: [UseGuards(new NoOpGuard())] };
}
