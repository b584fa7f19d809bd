import type { ExecutionContext } from '@nestjs/common';
import { sharedPathOf } from '../transports/graphql/compiled-paths.js';
import { FieldValues } from '../transports/graphql/field-values.js';
import { graphqlCallOf } from '../transports/graphql/graphql-call.js';
import type { StoredCaller } from './caller-storage.js';

interface FieldCaller {
  /** Of the field: a different object in each execution. */
  readonly info: object;
  /** `undefined` where two executions cannot be told apart. */
  readonly caller: StoredCaller | undefined;
}

const fields = new FieldValues<FieldCaller>();

/** Keeps the caller of an operation, or of a field with a rule of its own, for the fields below it. */
export function keepCallerForFields(context: ExecutionContext, caller: StoredCaller): void {
  const call = graphqlCallOf(context);
  const { args, info } = call;
  // All references of a query share one path.
  if (info === undefined || args === undefined) return;
  const path = sharedPathOf(call);
  if (path === undefined) return;
  const known = fields.of(path);
  const isAmbiguous = known !== undefined && known.info !== info;
  fields.keep(path, { info, caller: isAmbiguous ? undefined : caller });
}

/** The caller of the nearest field above that has one, up to the operation; `undefined` if there is none in this execution. */
export function findCallerAbove(context: ExecutionContext): StoredCaller | undefined {
  const call = graphqlCallOf(context);
  const path = sharedPathOf(call);
  return path && fields.nearest(path, call.info!.schema, () => undefined)?.caller;
}
