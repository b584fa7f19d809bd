import * as nest from '@nestjs/common';

/**
 * A class that Nest has since version 11. Importing it by its name from an older version would fail as a missing export, which does not say
 * that the version is not supported.
 */
export const IntrinsicException = fromSupportedNest(nest);

function fromSupportedNest({
  IntrinsicException: found,
}: Partial<typeof nest>): typeof nest.IntrinsicException {
  if (found !== undefined) return found;
  throw new Error(
    'nestjs-propelauth needs NestJS 11 or 12, and finds an older @nestjs/common. Update all @nestjs packages to 11 or 12.',
  );
}
