/* Writes emulator/seed.schema.json, for editors, from the compiled schema of seeds and the comments of its source. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { toJsonSchema } from '@valibot/to-json-schema';
import ts from 'typescript';

/** @param {string} folder that of the emulator, with its compiled files in build/ */
export async function writeSeedSchema(folder) {
  const { seed, ...definitions } = await import(
    pathToFileURL(join(folder, 'build/seed/seed.js')).href
  );
  const comments = commentsIn(await readFile(join(folder, 'src/seed/seed.ts'), 'utf8'));
  const schema = toJsonSchema(seed, {
    definitions,
    typeMode: 'input',
    // Of an object with any keys, the library knows no more than a function that checks it.
    overrideSchema: ({ valibotSchema }) =>
      valibotSchema.type === 'custom' ? { type: 'object' } : undefined,
  });
  const { $schema, $defs, ...root } = schema;
  describe(root, comments.get('seed'));
  for (const [name, definition] of Object.entries($defs)) describe(definition, comments.get(name));
  const whole = { $schema, title: 'Seed of propelauth-emulator', ...root, $defs };
  await writeFile(join(folder, 'seed.schema.json'), `${JSON.stringify(whole, null, 2)}\n`);
}

function describe({ properties }, comments) {
  for (const [key, property] of Object.entries(properties)) {
    // Beside a reference, editors show no description.
    properties[key] = { description: comments.get(key), ...property };
  }
}

/** The comments of the keys of each schema, by the name of its constant. */
function commentsIn(text) {
  const file = ts.createSourceFile('seed.ts', text, ts.ScriptTarget.Latest, true);
  const declarations = file.statements
    .filter(ts.isVariableStatement)
    .flatMap((statement) => statement.declarationList.declarations);
  return new Map(declarations.map(({ name, initializer }) => [name.text, commentsOf(initializer)]));
}

function commentsOf(initializer) {
  const [keys] = ts.isCallExpression(initializer) ? initializer.arguments : [];
  const properties =
    keys !== undefined && ts.isObjectLiteralExpression(keys) ? keys.properties : [];
  return new Map(
    properties.map((property) => {
      const [comment] = ts.getJSDocCommentsAndTags(property);
      return [property.name.text, comment?.comment.replaceAll('`', '')];
    }),
  );
}
