import type { Type } from '@nestjs/common';
import type { HandlerKind } from '../../rules/handler-kinds.js';

/** A method that handles calls of any transport. */
export interface HandlerMethod {
  /** Its class: a resolver, a gateway or a controller. */
  readonly controller: Type;
  /** The name of the method. */
  readonly name: string;
  /** The function of the class. */
  readonly handler: Function;
  /** How clients call the method. A method of several kinds is listed once for each. */
  readonly kind: HandlerKind | 'http';
  /** Whether the instance has another function, which its constructor put there. */
  readonly isReplaced: boolean;
  /** Whether `useFactory` or `useValue` provides the class. */
  readonly isMadeByFactory: boolean;
  /** Whether Nest creates an instance of the class for each call, whose constructor may replace the method. */
  readonly isRequestScoped: boolean;
  /** Whether the module of the class has an instance of a guard class. Without one, Nest skips the guard. */
  readonly providesGuard: (guard: Function) => boolean;
}

/** A handler that receives no HTTP requests. */
export interface ApplicationHandler extends HandlerMethod {
  readonly kind: HandlerKind;
}
