import { readFileSync } from 'node:fs';
import { OptionDefaults } from 'typedoc';

const { exports } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));

/** The source of each entry point of the package. */
const entryPoints = Object.keys(exports)
  .filter((entry) => entry !== './package.json')
  .map((entry) => `lib/${entry}/index.ts`);

/** @type {import('typedoc').TypeDocOptions} */
export default {
  name: 'nestjs-propelauth',
  entryPoints,
  projectDocuments: ['docs/*.md', 'docs/recipes/*.md'],
  tsconfig: 'tsconfig.build.json',
  out: 'docs/api',
  excludeInternal: true,
  excludePrivate: true,
  modifierTags: [...OptionDefaults.modifierTags, '@publicApi'],
  highlightLanguages: [...OptionDefaults.highlightLanguages, 'mermaid', 'sql'],
  // Types behind a type, which say nothing to a reader.
  intentionallyNotExported: [
    'ASYNC_OPTIONS_TYPE',
    'AccessedRoute',
    'AnyOf',
    'CallerParameterDecorator',
    'IoRedisClient',
    'ManualTokenVerificationMetadata',
    'NodeRedisClient',
    'OrgMemberInfoConstructor',
    'PropelAuthModuleExtras',
    'ProviderOverrides',
    'StepUpRequirement',
    'UserConstructor',
    'CallerMode',
    'EventHandlerDecorator',
    'FieldsByType',
    'NamesIn',
    'OtherFields',
    'PropertiesIn',
  ],
  // The README's links to folders of the repository lead to no page.
  validation: { invalidPath: false },
  // Links to lines of the code would depend on where a clone came from.
  disableSources: true,
  treatWarningsAsErrors: true,
};
