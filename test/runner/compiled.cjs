const path = require('node:path');

const ROOT = path.join(__dirname, '../..');

/** Where compile-sources.mjs writes to, and Node.js loads suites and sources from. Mutants are compiled to a folder of their own. */
const FOLDER = process.env.COMPILED_SOURCES || 'nestjs-propelauth-tests';
const COMPILED = path.join(ROOT, 'node_modules/.cache', FOLDER);

/** The compiled file of a source. */
function compiledFileOf(source) {
  return path.join(COMPILED, path.relative(ROOT, source).replace(/\.ts$/, '.js'));
}

module.exports = { COMPILED, ROOT, compiledFileOf };
