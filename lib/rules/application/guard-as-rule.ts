import { HttpException, HttpStatus, type CanActivate } from '@nestjs/common';
import { lastValueFrom, isObservable } from 'rxjs';
import type { AccessCall } from '../../options/access-rule.interface.js';
import type { OwnRule } from './own-rule.js';

/** An exception with which a guard denies a call. It is the response. */
export class GuardDenial {
  constructor(readonly exception: HttpException) {}
}

/** What is wrong with the provider that `guardRule()` names. */
export function mistakeInGuard({ canActivate }: Partial<CanActivate>): string | undefined {
  return typeof canActivate === 'function'
    ? undefined
    : 'has no method canActivate(). Pass the class of a guard.';
}

/** A guard of the application as a rule: it gets the context of Nest. */
export function ruleOfGuard(guard: CanActivate, className: string): OwnRule {
  return {
    name: nameOf(className),
    authorize: ({ context }: AccessCall) => {
      if (context === null) {
        throw new TypeError(`${className} is a guard, which needs a handler: code cannot ask it.`);
      }
      return verdictOf(async () => guard.canActivate(context));
    },
  };
}

async function verdictOf(ask: () => Promise<Awaited<ReturnType<CanActivate['canActivate']>>>) {
  try {
    const answer = await ask();
    return isObservable(answer) ? await lastValueFrom(answer) : answer;
  } catch (error) {
    const isDenial =
      error instanceof HttpException &&
      error.getStatus() < (HttpStatus.INTERNAL_SERVER_ERROR as number);
    if (isDenial) return new GuardDenial(error);
    throw error;
  }
}

/** `share-link` of `ShareLinkGuard`. */
function nameOf(className: string): string {
  return className
    .replace(/(?<=.)Guard$/, '')
    .replaceAll(/(?<=[a-z\d])[A-Z]|(?<=.)[A-Z](?=[a-z])/g, '-$&')
    .toLowerCase();
}
