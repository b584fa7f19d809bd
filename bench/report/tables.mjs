import { ratio } from '../ratio.mjs';
import { ADAPTER_NAMES, ROWS } from '../rows.mjs';
import { markdownTable } from './markdown-table.mjs';
import { thousands } from './numbers.mjs';

/** Requests over HTTP: one line per row. */
export function throughputTable(rows) {
  return markdownTable(
    ['Nest on', 'route', '>requests per second', '>to its no-op guard', '>p99 latency'],
    ROWS.map(({ id, adapter, label, baseline }) => {
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
export function inProcessTable({ hit, miss, heap, importMilliseconds }) {
  return markdownTable(
    ['in process', '>figure'],
    [
      ["a hit: the guard's canActivate", nanoseconds(hit.guard)],
      ['a hit: the token check alone', nanoseconds(hit.newString.own)],
      ["a hit: fast-jwt's cached verify", nanoseconds(hit.newString.fastJwt)],
      ['a hit on the very same string: the token check alone', nanoseconds(hit.sameString.own)],
      ["a hit on the very same string: fast-jwt's", nanoseconds(hit.sameString.fastJwt)],
      ['a miss: the token check', microseconds(miss.own)],
      ['a miss: bare jose.jwtVerify', microseconds(miss.jose)],
      ["OpenSSL's RSA verification (crypto.verify)", microseconds(miss.openSsl)],
      ...heap.steps.map((tokens, index) => [
        `heap after ${thousands(tokens)} distinct tokens`,
        `${heap.megabytes[index].toFixed(1)} MB`,
      ]),
      ['import of the main entry on top of Nest', `${importMilliseconds.toFixed(1)} ms`],
    ],
  );
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
