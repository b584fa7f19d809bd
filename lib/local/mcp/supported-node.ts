import { Logger } from '@nestjs/common';

/** The oldest line of Node.js that `oidc-provider` 9 supports. */
const OLDEST_MAJOR_VERSION = 22;

/** Says from which version on the authorization server for MCP clients is supported, on an older one. */
export function warnOfOldNode(version: string = process.versions.node): void {
  if (Number.parseInt(version) >= OLDEST_MAJOR_VERSION) return;
  new Logger('PropelAuth').warn(
    `The option mcp of LocalPropelAuthModule is supported on Node.js ${OLDEST_MAJOR_VERSION} and newer, as oidc-provider is. This is Node.js ${version}.`,
  );
}
