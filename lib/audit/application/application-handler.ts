import type { Type } from '@nestjs/common';
import type { HandlerKind } from '../../rules/handler-kinds.js';

/** A method that is called by other than HTTP requests. */
export interface ApplicationHandler {
  /** Its class: a resolver, a gateway or a controller. */
  readonly controller: Type;
  /** The name of the method. */
  readonly name: string;
  /** The function that Nest calls. */
  readonly handler: Function;
  /** One of the ways that it is called. */
  readonly kind: HandlerKind;
  /** Whether a factory made its class, or the application gave it as a value. */
  readonly isMadeByFactory: boolean;
  /** Whether Nest creates an instance for each call. Its constructor may replace the method. */
  readonly isRequestScoped: boolean;
  /** Whether Nest has made the guard for the module of the class. */
  readonly isGuardProvided: boolean;
}

/** A resolver of a field, and where that is in the schema. */
export interface FieldResolver extends ApplicationHandler {
  readonly typeName: string;
  /** The field with its type, such as `User.posts`. */
  readonly field: string;
}
