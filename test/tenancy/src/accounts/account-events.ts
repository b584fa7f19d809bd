import { Injectable } from '@nestjs/common';
import { OnPropelAuthEvent, type PropelAuthEvent } from 'nestjs-propelauth';
import { Accounts } from './accounts.js';

/** An event only tells that something has changed: the present state is fetched from PropelAuth. Deletions are final. */
@Injectable()
export class AccountEvents {
  constructor(private readonly accounts: Accounts) {}

  @OnPropelAuthEvent(
    'user.created',
    'user.updated',
    'user.enabled',
    'user.disabled',
    'user.added_to_org',
    'user.removed_from_org',
    'user.role_changed_within_org',
    'user.added_to_scim_group',
    'user.removed_from_scim_group',
  )
  refreshUser(event: PropelAuthEvent & { readonly user_id: string }) {
    return this.accounts.refreshUser(event.user_id);
  }

  @OnPropelAuthEvent('user.deleted')
  removeUser(event: PropelAuthEvent<'user.deleted'>) {
    return this.accounts.removeUser(event.user_id);
  }

  @OnPropelAuthEvent('org.created', 'org.updated')
  refreshOrg(event: PropelAuthEvent<'org.created' | 'org.updated'>) {
    return this.accounts.refreshOrg(event.org_id);
  }

  @OnPropelAuthEvent('org.deleted')
  removeOrg(event: PropelAuthEvent<'org.deleted'>) {
    return this.accounts.removeOrg(event.org_id);
  }
}
