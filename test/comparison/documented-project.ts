import type { TestEmulator, TestIssuer } from 'nestjs-propelauth/testing';
import { emulatorOf } from '../support/emulator.js';
import { API_KEY, CREATED_AT, ORG_ID, USER_ID } from './documented-answers.js';

/** The project that the documented answers are about. */
export function documentedProject(issuer: TestIssuer): TestEmulator {
  const emulator = emulatorOf(issuer);
  emulator.addUser(
    {
      userId: USER_ID,
      email: 'test@example.com',
      username: 'airbud3',
      firstName: 'Buddy',
      lastName: 'Framm',
      properties: { favorite_sport: 'basketball' },
      orgs: [
        {
          orgId: ORG_ID,
          orgName: 'Acme Inc',
          orgMetadata: { custom_key: 'customValue' },
          role: 'Admin',
          permissions: ['can_view_billing'],
        },
      ],
    },
    { mfaEnabled: true },
  );
  const { api_key_id: id, token, metadata } = API_KEY;
  emulator.core.project.apiKeys.set(id, {
    id,
    token,
    metadata,
    isImported: false,
    isArchived: false,
    userId: USER_ID,
    orgId: ORG_ID,
    displayName: 'laptop',
    createdAt: CREATED_AT,
  });
  return emulator;
}
