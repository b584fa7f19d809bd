import { readFileSync } from 'node:fs';
import { REJECTIONS, type RejectionReason } from '../../lib/rejections/rejection-table.js';
import { codesIn, rowsOf } from '../support/markdown-tables.js';

const rows = rowsOf(readFileSync('docs/troubleshooting.md', 'utf8'));

/** The messages that the page shows, by the reason beside them. */
const shown = new Map(
  rows.flatMap(([message = '', reason = '']): [string, string][] => {
    const [name] = codesIn(reason);
    return name === undefined ? [] : [[name, codesIn(message)[0] ?? '']];
  }),
);

/** What stands in the page beside no reason: messages of the log, of startup and of clients. */
const others = rows
  .filter(([, reason = '']) => codesIn(reason).length === 0)
  .flatMap(([message = '']) => codesIn(message));

describe('The page about rejected calls', () => {
  it('shows each message as it is printed', () => {
    const printed = Object.entries(REJECTIONS).map(([reason, { description }]) => [
      reason,
      description,
    ]);
    expect(Object.fromEntries(shown)).toEqual(Object.fromEntries(printed));
  });

  it('shows the status of a reason that is not that of its section', () => {
    const statuses = rows.flatMap(([, reason = '']): [string, number][] => {
      const status = /\((\d+)\)/.exec(reason)?.[1];
      return status === undefined ? [] : [[codesIn(reason)[0] ?? '', Number(status)]];
    });
    expect(statuses).toEqual(
      statuses.map(([reason]) => [reason, REJECTIONS[reason as RejectionReason].status]),
    );
  });

  it('shows messages of the official client of MCP as that prints them', () => {
    const client = 'node_modules/@modelcontextprotocol/sdk/dist/esm/client/';
    const sources = ['streamableHttp.js', 'auth.js'].map((file) =>
      readFileSync(client + file, 'utf8'),
    );
    const fromClient = others.filter((message) =>
      /^(?:Server returned|Protected resource)/.test(message),
    );
    expect(fromClient).toHaveLength(2);
    for (const message of fromClient) expect(sources.join()).toContain(message.split('…')[0]);
  });
});
