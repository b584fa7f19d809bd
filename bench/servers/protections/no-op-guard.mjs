import { UseGuards } from '@nestjs/common';

class NoOpGuard {
  canActivate() {
    return true;
  }
}

/** The least that a guard can cost: what all others are measured against. */
export function createProtection() {
  return { decorators: [UseGuards(new NoOpGuard())] };
}
