import type { ApiKeyKind } from '../../lib/types/api-key.js';
import {
  callersOfKinds,
  CONTRADICTION,
  EVERYONE,
  MCP_CLIENT,
  OPTIONAL_USER,
  UNTRACEABLE,
  USER,
  type Callers,
} from '../../lib/rules/callers.js';
import type { PropelAuthAccessMode } from '../../lib/rules/handler-access.js';

/** Callers, as descriptions of the application name them. */
export type CallersName = Exclude<PropelAuthAccessMode, 'open' | 'exempt'> | 'untraceable';

export function callersOf(name: CallersName, apiKeyKind?: ApiKeyKind): Callers {
  const callers: Record<CallersName, Callers> = {
    user: USER,
    optional: OPTIONAL_USER,
    public: EVERYONE,
    'api-key': callersOfKinds({ 'api-key': apiKeyKind }),
    'user-or-api-key': callersOfKinds({ user: undefined, 'api-key': apiKeyKind }),
    mcp: MCP_CLIENT,
    nobody: CONTRADICTION,
    untraceable: UNTRACEABLE,
  };
  return callers[name];
}
