import type { ApiKeyKind } from '../../lib/types/api-key.js';
import { accessModeOf } from '../../lib/rules/handler-access.js';
import {
  callersOfKinds,
  kindsOf,
  CONTRADICTION,
  EVERYONE,
  MCP_CLIENT,
  OPTIONAL_USER,
  UNTRACEABLE,
  USER,
  type Callers,
} from '../../lib/rules/callers.js';

/** Callers, as descriptions of the application name them. */
export type CallersName =
  | 'user'
  | 'optional'
  | 'public'
  | 'api-key'
  | 'user-or-api-key'
  | 'mcp'
  | 'nobody'
  | 'untraceable';

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

/** The name of callers, as tests say it. */
export function callersNameOf(callers: Callers): CallersName {
  const mode = accessModeOf(callers);
  const kinds = [...kindsOf(callers).keys()].join('-or-');
  return (mode === 'required' ? kinds : mode) as CallersName;
}
