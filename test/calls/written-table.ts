import { ALL_CREDENTIALS } from './credentials.js';
import type { Table } from './table.js';

const LONGEST_LINE = 300;

/** Who gets one outcome: each of these credentials on each of these handlers. */
interface Block {
  readonly credentials: string;
  readonly handlers: string[];
}

/** The cells in which two tables of one transport differ. */
export function differences(one: Table, other: Table): string[] {
  const lines: string[] = [];
  for (const [handler, cells] of other.rows) {
    for (const [credential, { text }] of cells) {
      const { text: usual } = one.rows.get(handler)!.get(credential)!;
      if (text !== usual) lines.push(`- ${other.name}, ${credential} → ${handler}: ${text}`);
    }
  }
  const messages = new Set(rejectionsOf(one));
  const others = rejectionsOf(other).filter((message) => !messages.has(message));
  return [...lines, ...others.map((message) => `- ${other.name}, message ${message}`)];
}

/** Each outcome once, and below it who gets it. */
export function linesOf(rows: Table['rows']): string[] {
  const blocks = new Map<string, Block[]>();
  for (const [handler, cells] of rows) {
    for (const [text, credentials] of credentialsByOutcome(cells)) {
      const known = blocks.get(text) ?? [];
      const block = known.find((one) => one.credentials === credentials);
      if (block === undefined) known.push({ credentials, handlers: [handler] });
      else block.handlers.push(handler);
      blocks.set(text, known);
    }
  }
  return [...blocks]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .flatMap(([text, found]) => {
      const who = found.map(
        ({ credentials, handlers }) => `${credentials} → ${handlers.join(', ')}`,
      );
      const line = `${text}  ◂  ${who.join('')}`;
      const fits = who.length === 1 && line.length <= LONGEST_LINE;
      return fits ? [line] : [text, ...who.map((one) => `    ${one}`)];
    });
}

function credentialsByOutcome(cells: ReadonlyMap<string, { text: string }>): Map<string, string> {
  const names = new Map<string, string>();
  for (const { name } of ALL_CREDENTIALS) {
    const text = cells.get(name)?.text;
    if (text === undefined) continue;
    const before = names.get(text);
    names.set(text, before === undefined ? name : `${before}; ${name}`);
  }
  return names;
}

/** The messages of all rejections, and in the tables of which transports they are. */
export function messagesOf(tables: readonly Table[]): string[] {
  const names = new Map<string, Set<string>>();
  for (const table of tables) {
    const [transport] = table.name.split(',');
    for (const rejection of rejectionsOf(table)) {
      names.set(rejection, (names.get(rejection) ?? new Set<string>()).add(transport!));
    }
  }
  return [...names]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([rejection, found]) => `- ${rejection} (${[...found].join(', ')})`);
}

function rejectionsOf({ rows }: Table): string[] {
  const rejections = [...rows.values()].flatMap((cells) =>
    [...cells.values()].flatMap(({ rejection }) => (rejection === undefined ? [] : [rejection])),
  );
  return [...new Set(rejections)];
}
