import { ratio } from '../ratio.mjs';
import { ADAPTER_NAMES, ROWS } from '../rows.mjs';
import { markdownTable } from './markdown-table.mjs';
import { thousands } from './numbers.mjs';

/** Requests over HTTP: one line for each row that was measured. */
export function throughputTable(rows) {
  return markdownTable(
    ['Nest on', 'route', '>requests per second', '>to its no-op guard', '>p99 latency'],
    ROWS.filter(({ id }) => rows.has(id)).map(({ id, adapter, label, baseline }) => {
      const { requestsPerSecond, p99Milliseconds } = rows.get(id);
      return [
        ADAPTER_NAMES[adapter],
        label,
        thousands(requestsPerSecond),
        ratio(rows, id, baseline).toFixed(2),
        `${p99Milliseconds.toFixed(1)} ms`,
      ];
    }),
  );
}

/** What was measured inside a process. */
export function inProcessTable({ hit, miss, importTime }) {
  return markdownTable(
    ['in process', '>figure'],
    [
      ...(hit ? hitLines(hit) : []),
      ...(miss ? missLines(miss) : []),
      ...(importTime ? importLines(importTime) : []),
    ],
  );
}

function hitLines({ guard, newString, sameString }) {
  return [
    ["a hit: the guard's canActivate", nanoseconds(guard)],
    ['a hit: await validateAccessToken', nanoseconds(newString.own)],
    ["a hit: fast-jwt's cached verify", nanoseconds(newString.fastJwt)],
    ['a hit on the very same string: await validateAccessToken', nanoseconds(sameString.own)],
    ["a hit on the very same string: fast-jwt's", nanoseconds(sameString.fastJwt)],
  ];
}

function missLines({ own, jose, openSsl }) {
  return [
    ['a miss: the token check', microseconds(own)],
    ['a miss: bare jose.jwtVerify', microseconds(jose)],
    ["OpenSSL's RSA verification (crypto.verify)", microseconds(openSsl)],
  ];
}

function importLines({ milliseconds }) {
  return [['import of the main entry on top of Nest', `${milliseconds.toFixed(1)} ms`]];
}

/** What was to be reached. */
export function barsTable(bars) {
  return markdownTable(
    ['figure', '>measured', '>bar', ''],
    bars.map(({ figure, measured, unit, bar, comparison, met }) => [
      figure,
      unit ? `${measured.toFixed(1)} ${unit}` : measured.toFixed(3),
      [comparison, bar, unit].filter(Boolean).join(' '),
      met ? 'met' : 'missed',
    ]),
  );
}

function nanoseconds(value) {
  return `${thousands(value)} ns`;
}

function microseconds(value) {
  return `${value.toFixed(1)} µs`;
}
