import { Injectable } from '@nestjs/common';
import { InfraTokens } from './infra-tokens.js';
import { TENANTS } from './token-rows.js';

/** The scripts of the installation run in each tenant, at its host. */
@Injectable()
export class TenantScripts extends InfraTokens {
  memberships() {
    return TENANTS;
  }
}
