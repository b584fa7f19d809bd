import { forge } from '../support/forge.js';
import {
  attacksOn,
  bearer,
  claimsWith,
  requestText,
  VALID_TOKEN,
  type RequestAttack,
} from './attack.js';

const ROUTE = 'GET /in-person';
const EMPLOYEES = [
  'employee',
  'user-alice',
  ' ',
  '\u0000',
  '0',
  'null',
  'undefined',
  'false',
  '__proto__',
  'x'.repeat(5_000),
];

const employeeAs = (id: unknown) => bearer(forge(claimsWith({ impersonator_user_id: id })));

export const IMPERSONATION_ATTACKS: RequestAttack[] = attacksOn(
  () => requestText(ROUTE, [bearer(VALID_TOKEN)]),
  [401, 403],
  [
    ...EMPLOYEES.map(
      (id) =>
        [
          `an employee ${JSON.stringify(id).slice(0, 40)} who impersonates`,
          () => requestText(ROUTE, [employeeAs(id)]),
        ] as const,
    ),
    ...['X-Impersonator-User-Id:', 'impersonator_user_id: null', 'X-Original-User: user-alice'].map(
      (header) =>
        [
          `an employee who impersonates, and the header ${header}`,
          () => requestText(ROUTE, [employeeAs('employee'), header]),
        ] as const,
    ),
    [
      'an employee who impersonates, after the user on one connection',
      () =>
        `${ROUTE} HTTP/1.1\r\nHost: 127.0.0.1\r\n${bearer(VALID_TOKEN)}\r\n\r\n` +
        requestText(ROUTE, [employeeAs('employee')]),
    ],
  ],
);
