import { PropelAuthConfigurationError } from '../index.js';
import { isPlainPath, parseSecureUrl } from '../extend.js';

/** The part of the path that identifies metadata (RFC 9728, section 3). */
const WELL_KNOWN = '/.well-known/oauth-protected-resource';

const RESOURCE_ADVICE =
  'Set it to the URL of the MCP endpoint as clients know it, for example https://api.example.com/mcp.';

const METADATA_ADVICE = `Set it to a URL with ${WELL_KNOWN} in its path, for example https://example.com/api${WELL_KNOWN}/mcp.`;

/** Where clients find the metadata of a resource, and where the application serves it: a proxy may have put a prefix in front. */
interface MetadataLocation {
  readonly metadataUrl: string;
  readonly metadataPath: string;
}

/** @returns the URL as it was given. It is in normal form, so that comparing it as a text is exact */
export function checkResource(value: unknown): string {
  const option = 'mcpServer.resource';
  return checkUrl(option, value, RESOURCE_ADVICE, ({ pathname }) => {
    if (pathname !== '/' && !isPlainPath(withoutTrailingSlash(pathname))) {
      throw new PropelAuthConfigurationError(
        `${option} has a path with characters other than letters, digits, "-", "_", "." and "~". ${RESOURCE_ADVICE}`,
      );
    }
  });
}

/**
 * @param value the option, if it is given
 * @param resource the URL that {@link checkResource} returned
 */
export function checkMetadataUrl(value: unknown, resource: string): MetadataLocation {
  if (value === undefined) return wellKnownLocationOf(resource);
  const option = 'mcpServer.metadataUrl';
  let metadataPath = '';
  const metadataUrl = checkUrl(option, value, METADATA_ADVICE, ({ pathname }) => {
    metadataPath = pathname.slice(pathname.indexOf(WELL_KNOWN));
    const isServed = pathname.includes(WELL_KNOWN) && isPlainPath(withoutTrailingSlash(pathname));
    // A longer name that begins like the well-known part does not count.
    if (!isServed || !/^(\/|$)/.test(metadataPath.slice(WELL_KNOWN.length))) {
      throw new PropelAuthConfigurationError(
        `${option} is not a URL of resource metadata. ${METADATA_ADVICE}`,
      );
    }
  });
  return { metadataUrl, metadataPath };
}

/** A URL without the slash at its end. Clients differ in whether they add one to the identifier of a resource. */
export function withoutTrailingSlash(url: string): string {
  return url.endsWith('/') ? url.slice(0, -1) : url;
}

/**
 * The well-known part comes before the path of the resource (RFC 9728, section 3.1). The slash of a resource without a path is left out.
 */
function wellKnownLocationOf(resource: string): MetadataLocation {
  const { origin, pathname } = new URL(resource);
  const metadataPath = WELL_KNOWN + (pathname === '/' ? '' : pathname);
  return { metadataUrl: origin + metadataPath, metadataPath };
}

function checkUrl(
  option: string,
  value: unknown,
  advice: string,
  checkPath: (url: URL) => void,
): string {
  const url = parseSecureUrl(option, value, advice);
  const text = value as string;
  if (url.username || url.password) {
    throw new PropelAuthConfigurationError(
      `${option} contains a user name or password. Remove them: clients can read the URL.`,
    );
  }
  // The text shows an empty query or fragment as well. The parsed URL does not.
  if (/[?#]/.test(text)) {
    throw new PropelAuthConfigurationError(`${option} contains a query or a fragment. ${advice}`);
  }
  checkPath(url);
  // A host without a path counts as normalized as well.
  if (url.href !== text && url.href !== `${text}/`) {
    throw new PropelAuthConfigurationError(
      `${option} is not a normalized URL. Write it as ${url.href}`,
    );
  }
  return text;
}
