import { readFileSync } from 'node:fs';
import { OptionDefaults } from 'typedoc';
import { TYPES_BEHIND } from '../scripts/types-behind.mjs';

const { exports } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

/** The source of each entry point of the package. */
const entryPoints = Object.keys(exports)
  .filter((entry) => entry !== './package.json')
  .map((entry) => `../lib/${entry}/index.ts`);

export default {
  name: 'API reference',
  plugin: ['typedoc-plugin-markdown', 'typedoc-vitepress-theme'],
  entryPoints,
  readme: 'none',
  tsconfig: '../tsconfig.build.json',
  // From its sources: in a fresh clone, the emulator is not built.
  compilerOptions: {
    rootDir: '..',
    paths: { 'propelauth-emulator': ['./emulator/src/index.ts'] },
  },
  out: 'api',
  docsRoot: '.',
  excludeInternal: true,
  excludePrivate: true,
  modifierTags: [...OptionDefaults.modifierTags, '@publicApi'],
  // All that the reference has is public.
  excludeTags: [...OptionDefaults.excludeTags, '@publicApi'],
  parametersFormat: 'table',
  pageTitleTemplates: { member: '{name}' },
  intentionallyNotExported: TYPES_BEHIND,
  // The emulator has its own documentation.
  externalSymbolLinkMappings: { 'propelauth-emulator': { '*': '#' } },
  // Links to lines of the code would depend on where a clone came from.
  disableSources: true,
  treatWarningsAsErrors: true,
};
