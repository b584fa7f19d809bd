import { PropelAuthConfigurationError } from '../index.js';
import { assertNoneMissing, checkOptions } from '../extend.js';

/** The credentials of introspection requests (RFC 7662, section 2.1). */
export interface IntrospectionCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

const OPTION = 'mcpServer.introspection';
const WHERE = 'the Request Validation page, under MCP, of your PropelAuth dashboard';

/** A colon ends the id in Basic credentials (RFC 7617, section 2). */
const CLIENT_ID = /^[\x21-\x39\x3b-\x7e]+$/;
const CLIENT_SECRET = /^[\x21-\x7e]+$/;

export function checkIntrospection(value: unknown): IntrospectionCredentials {
  const { clientId, clientSecret } = checkOptions(
    OPTION,
    value,
    ['clientId', 'clientSecret'],
    `Set it to { clientId, clientSecret } from ${WHERE}.`,
  );
  assertNoneMissing({
    'mcpServer.introspection.clientId': clientId,
    'mcpServer.introspection.clientSecret': clientSecret,
  });
  const id = checkText(`${OPTION}.clientId`, clientId);
  const secret = checkText(`${OPTION}.clientSecret`, clientSecret);
  if (!CLIENT_ID.test(id)) {
    throw new PropelAuthConfigurationError(
      `${OPTION}.clientId contains a colon, white space or a character that is not ASCII. Copy it from ${WHERE}.`,
    );
  }
  if (!CLIENT_SECRET.test(secret)) {
    throw new PropelAuthConfigurationError(
      `${OPTION}.clientSecret contains white space or a character that is not ASCII. Copy it from ${WHERE}.`,
    );
  }
  return { clientId: id, clientSecret: secret };
}

function checkText(option: string, value: unknown): string {
  if (typeof value !== 'string') {
    throw new PropelAuthConfigurationError(`${option} is not a string. Copy it from ${WHERE}.`);
  }
  return value;
}
