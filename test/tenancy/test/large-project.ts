import type { FakePropelAuthApi } from 'nestjs-propelauth/testing';

/** Adds users, each of them in two organizations. Returns their ids, in the order in which PropelAuth lists them. */
export function addProject(api: FakePropelAuthApi, users: number, orgs: number): string[] {
  const orgName = (index: number) => `Organization ${index % orgs}`;
  return Array.from({ length: users }, (_, index) =>
    api.addUser({
      email: `user-${index}@example.com`,
      firstName: 'User',
      lastName: String(index),
      orgs: [
        { orgName: orgName(index), role: 'Member' },
        { orgName: orgName(index + 1), role: 'Admin' },
      ],
    }),
  );
}
