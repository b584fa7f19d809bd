import { Injectable } from '@nestjs/common';
import { PropelAuthApi } from 'nestjs-propelauth';

export interface OldUser {
  readonly id: string;
  readonly email: string;
  readonly isEmailVerified: boolean;
  readonly passwordHash?: string;
  /** The ids are PropelAuth's: create the organizations first. */
  readonly orgs: readonly { readonly orgId: string; readonly role: string }[];
}

@Injectable()
export class UserMover {
  constructor(private readonly propelAuth: PropelAuthApi) {}

  /** Can be repeated after a failure. Returns the id at PropelAuth. */
  async move({ id, email, isEmailVerified, passwordHash, orgs }: OldUser): Promise<string> {
    const known = await this.propelAuth.fetchUserMetadataByEmail(email, true);
    if (known && known.legacyUserId !== id) {
      throw new Error(`${known.userId} has the email address of ${id}, but has signed up`);
    }
    const { userId } =
      known ??
      (await this.propelAuth.migrateUserFromExternalSource({
        email,
        emailConfirmed: isEmailVerified,
        existingUserId: id,
        existingPasswordHash: passwordHash,
      }));
    for (const { orgId, role } of orgs) {
      if (known?.orgIdToOrgInfo?.[orgId]) continue;
      await this.propelAuth.addUserToOrg({ userId, orgId, role });
    }
    return userId;
  }
}
