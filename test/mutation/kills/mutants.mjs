/*
 * The mutants of lib/: their places in the sources, and the sources with all of them, of which a process activates one at a time.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { Instrumenter } from '@stryker-mutator/instrumenter';

const SEED = 'nestjs-propelauth';

const SILENT = { isDebugEnabled: () => false, debug() {}, info() {}, warn() {} };

/** Every mutant but those of decorators, whose messages one suite compares word by word. */
export async function instrument() {
  const names = readdirSync('lib', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !/\.(spec|decorator)\.ts$/.test(name))
    .map((name) => `lib/${name}`)
    .toSorted();
  const files = names.map((name) => ({ name, mutate: true, content: readFileSync(name, 'utf8') }));
  const options = { plugins: null, excludedMutations: [], ignorers: [] };
  const instrumented = await new Instrumenter(SILENT).instrument(files, options);
  return {
    sources: new Map(instrumented.files.map(({ name, content }) => [name, content])),
    mutants: instrumented.mutants.map(({ id, fileName, location, replacement }) => {
      const { start, end } = location;
      const place = `${start.line + 1}:${start.column}-${end.line + 1}:${end.column}`;
      return { id, key: `${fileName}:${place} => ${shorten(replacement)}` };
    }),
  };
}

const shorten = (text) => {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > 60 ? `${line.slice(0, 60)}… ${hashOf(line).slice(0, 8)}` : line;
};

const hashOf = (text) => createHash('sha256').update(text).digest('hex');

/** The same mutants each time, however many others there are. */
export function sampleOf(mutants, share) {
  return mutants.filter(({ key }) => {
    const place = Number.parseInt(hashOf(SEED + key).slice(0, 8), 16) / 0xffffffff;
    return place < share;
  });
}
