import type { Type } from '@nestjs/common';
import { accessTable, type AccessTable } from 'nestjs-propelauth/testing';
import { beforeTests, startApplication } from '../../support/application.js';
import { issuer } from '../../support/guarded-application.js';
import { ACME_ID, alice, carol, GLOBEX_ID } from '../../support/project.js';
import { sendText } from '../attacks.js';
import {
  BasesModule,
  DocumentsModule,
  NotificationsModule,
  ownToken,
  WorkspacesModule,
} from './slices.js';

const ofAlice = await issuer.accessToken({ ...alice, activeOrgId: ACME_ID });
const ofCarol = await issuer.accessToken({ ...carol, activeOrgId: ACME_ID });
const [key, keyOfGlobex, collab, file] = await Promise.all([
  ownToken({ type: 'api_key', workspaceId: ACME_ID }),
  ownToken({ type: 'api_key', workspaceId: GLOBEX_ID }),
  ownToken({ type: 'collab', documentId: 'roadmap' }),
  ownToken({ type: 'FILE', workspaceId: ACME_ID }),
]);
const apiKey = await ownToken({ type: 'API_KEY', workspaceId: ACME_ID });
const ofNobody = await ownToken({ type: 'LOGIN', workspaceId: ACME_ID });

const bearer = (text: string) => `Authorization: Bearer ${text}`;
const scheme = (text: string) => `Authorization: ApiKey ${text}`;

type Row = [what: string, line: string, credential: string | undefined, outcome: string | number];

const IN_TENANT = 'members of the org in host {org}.example.com';
const LIST = 'GET //acme-inc.example.com/documents';
const OPEN = 'POST //acme-inc.example.com/documents/collab';
const RECORDS = 'GET /bases/roadmap/records';
const CHANGE = 'PUT /bases/roadmap/records';

describe.each<[string, Type, AccessTable, Row[]]>([
  [
    'Documents, as in Docmost',
    DocumentsModule,
    {
      'GET /documents': `user or workspace key: ${IN_TENANT}`,
      'POST /documents/collab': `collab: ${IN_TENANT}`,
    },
    [
      ['a user by cookie', LIST, `Cookie: authToken=${ofAlice}`, 'user'],
      ['a user by header', LIST, bearer(ofAlice), 'user'],
      ['a user at a foreign host', LIST.replace('acme-inc', 'globex'), bearer(ofCarol), 403],
      [
        'a host in capitals, with a port',
        LIST.replace('acme-inc', 'ACME-INC').replace('.com', '.com:80'),
        bearer(ofAlice),
        'user',
      ],
      ['a host with a trailing dot', LIST.replace('.com', '.com.'), bearer(ofAlice), 403],
      ['a host in punycode', LIST.replace('acme-inc', 'xn--acme-inc-1za'), bearer(ofAlice), 403],
      ['a key of the workspace', LIST, bearer(key), 'workspace-key'],
      ['a key of another', LIST, bearer(keyOfGlobex), 403],
      ['the editor', OPEN, bearer(collab), 'roadmap'],
      ['the token of the editor, to list', LIST, bearer(collab), 401],
      ['a key, to edit', OPEN, bearer(key), 401],
      ['a user, to edit', OPEN, bearer(ofAlice), 401],
      ['nobody', LIST, undefined, 401],
    ],
  ],
  [
    'Notifications, as in Novu',
    NotificationsModule,
    {
      'POST /events': 'user or environment: members of the org in token',
      'GET /members': 'members of the org in token',
    },
    [
      ['an environment', 'POST /events', scheme('key-of-production'), 'environment of Acme'],
      ['a user', 'POST /events', bearer(ofAlice), 'user of Acme'],
      ['an environment, for the members', 'GET /members', scheme('key-of-production'), 401],
      ['an unknown key', 'POST /events', scheme('constructor'), 401],
      ['a key after Bearer', 'POST /events', bearer('key-of-production'), 401],
      ['a token after ApiKey', 'POST /events', scheme(ofAlice), 401],
    ],
  ],
  [
    'Bases, as in Teable',
    BasesModule,
    {
      'GET /bases/:baseId/records':
        'user or personal token with scope record|read, viewer of the base',
      'PUT /bases/:baseId/records':
        'user or personal token with scope record|update, editor of the base',
    },
    [
      ['an editor', CHANGE, bearer(ofAlice), 'user'],
      ['a viewer', RECORDS, bearer(ofCarol), 'user'],
      ['a viewer, to change', CHANGE, bearer(ofCarol), 404],
      ['another base', RECORDS.replace('roadmap', '__proto__'), bearer(ofAlice), 404],
      ['a token with dots', RECORDS, bearer('teable_a.secret.1'), 'personal-token'],
      ['a token without the scope', CHANGE, bearer('teable_a.secret.1'), 403],
      ['an unknown token', RECORDS, bearer('teable_a.secret.2'), 401],
      ['a token without its prefix', RECORDS, bearer('a.secret.1'), 401],
    ],
  ],
  [
    'Workspaces, as in Twenty',
    WorkspacesModule,
    {
      'GET /records': 'user or workspace key: members of the org in token',
      'GET /files': 'file: members of the org in token',
      'GET /settings': 'members of the org in token',
    },
    [
      ['a user', 'GET /records', bearer(ofAlice), 'user'],
      ['a key', 'GET /records', bearer(apiKey), 'workspace-key'],
      ['a key, for the settings', 'GET /settings', bearer(apiKey), 401],
      ['the token of a file', 'GET /files', bearer(file), 'file'],
      ['the token of a file, for records', 'GET /records', bearer(file), 401],
      ['a key, for a file', 'GET /files', bearer(apiKey), 401],
      ['a token of no purpose here', 'GET /records', bearer(ofNobody), 401],
    ],
  ],
])('%s', (_name, module, table, rows) => {
  const application = beforeTests(() => startApplication({ imports: [module] }));

  it('have this table', () => {
    expect(accessTable(application.app)).toEqual(table);
  });

  it.each(rows)('get the right outcome for %s', async (_what, line, credential, outcome) => {
    const { status, text } = await sendText(application.url, [
      line,
      credential === undefined ? [] : [credential],
    ]);
    const who = /"who":"([^"]+)"/.exec(text)?.[1];
    expect(who ?? status).toBe(outcome);
  });
});
