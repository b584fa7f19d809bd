import { Injectable } from '@nestjs/common';
import { isOrgRule } from '../../rules/org/org-argument.js';
import { orgRule } from '../../rules/org/org-rule.js';
import { overrideAdvice } from '../../rules/override-advice.js';
import { combinedOf } from '../../rules/policy.js';
import { isCallerRule, type RuledHandler } from '../../rules/rule.js';
import type { AccessDecisionEvent } from '../../options/access-decision-event.interface.js';
import type { Memberships } from '../../rules/rule-call.js';
import type { NamedCache } from '../../plugins/hooks.js';
import { Rejection } from '../../rejections/rejection.js';
import type { RejectionReason } from '../../rejections/rejection-table.js';
import type { ApiKey, ApiKeyKind, ApiKeyMetadata } from '../../types/api-key.js';
import type { Call } from '../../transports/call.js';
import { API_KEY_HEADER } from '../../transports/credential-headers.js';
import type { DescribedCaller } from '../../types/caller.js';
import type { CoreKind, CoreCredentialPlace } from '../core-kind.js';
import { OPAQUE_BEARER } from '../credential-places.js';
import { ApiKeyLookUps } from './api-key-look-ups.js';
import { ApiKeyCaller } from './api-key-caller.js';

const WORDS: Record<ApiKeyKind, string> = {
  personal: 'personal API key',
  org: 'organization API key',
  generic: 'generic API key',
  imported: 'imported API key',
};

const UNASKED =
  "The kind 'imported' rejects every API key, because PropelAuth is not asked about imported keys. Set apiKeys: { imported: " +
  'true } in PropelAuthModule.forRoot().';

/**
 * Identifies scripts by their end-user API keys. Nothing here asks whether the owner of a key is enabled: PropelAuth rejects the keys of
 * disabled users, and with `liveAccess()` its earlier answers do not outlast an event about the owner.
 */
@Injectable()
export class ApiKeyCallerKind implements CoreKind<ApiKeyCaller, ApiKeyKind> {
  readonly name = 'api-key';
  readonly credential: readonly CoreCredentialPlace[] = [{ header: API_KEY_HEADER }, OPAQUE_BEARER];
  readonly missing = 'api_key_missing';
  readonly reasons: readonly RejectionReason[] = ['api_key_rate_limited', 'propelauth_unavailable'];

  constructor(private readonly apiKeys: ApiKeyLookUps) {}

  describeScheme(): string {
    return (
      'One of your API keys, for scripts. You can send it in `Authorization: Bearer` instead, but only in one of the two ' +
      'headers.'
    );
  }

  inWords(only?: unknown): string {
    return only === undefined ? 'API key' : WORDS[only as ApiKeyKind];
  }

  audit({ levels, policy }: RuledHandler, only?: unknown): string[] {
    if (only === 'imported' && !this.apiKeys.acceptsImported) return [UNASKED];
    const hasNoOrg = only === 'personal' || only === 'generic';
    if (!hasNoOrg || combinedOf(policy, orgRule) === undefined) return [];
    const namesKind = levels.method.rules.some(isCallerRule);
    return [
      `The organization rule rejects every API key of the kind '${only}', because such keys belong to no organization. ` +
        `Remove the rule, or accept keys of the kind 'org'${namesKind ? overrideAdvice(levels, isOrgRule) : ''}.`,
    ];
  }

  async identify(apiKey: string, { address, identificationLifetime }: Call): Promise<ApiKeyCaller> {
    const validation = await this.apiKeys.lookUps.find(apiKey, address, identificationLifetime);
    const caller = this.callerWith(apiKey, validation);
    if (caller.isOfFormerMember) throw new Rejection('api_key_unknown');
    return caller;
  }

  assertAccepted({ apiKey }: ApiKeyCaller, accepted: ApiKeyKind | undefined): void {
    if (accepted !== undefined && apiKey.kind !== accepted) throw new Rejection('api_key_kind');
  }

  recall(apiKey: string): ApiKeyCaller | undefined {
    const validation = this.apiKeys.lookUps.recall(apiKey);
    const caller = validation && this.callerWith(apiKey, validation);
    return caller?.isOfFormerMember === true ? undefined : caller;
  }

  metadataOf({ apiKey }: ApiKeyCaller): ApiKeyMetadata | undefined {
    return apiKey.metadata;
  }

  membershipsOf({ memberships }: ApiKeyCaller): Memberships {
    return memberships;
  }

  report({ apiKey: { org } }: ApiKeyCaller): Partial<AccessDecisionEvent> {
    return org === undefined ? {} : { orgId: org.orgId };
  }

  get caches(): readonly NamedCache[] {
    const { counts } = this.apiKeys.lookUps;
    return counts === undefined ? [] : [['api-key', counts]];
  }

  keyOf({ key }: ApiKeyCaller): string | undefined {
    return key;
  }

  describe({ apiKey }: ApiKeyCaller): DescribedCaller {
    return { userId: apiKey.user?.userId, orgId: apiKey.org?.orgId, apiKey };
  }

  private callerWith(text: string, apiKey: ApiKey): ApiKeyCaller {
    const isOwned = apiKey.user !== undefined || apiKey.org !== undefined;
    return new ApiKeyCaller(apiKey, isOwned ? undefined : this.apiKeys.callerKeyOf(text));
  }
}
