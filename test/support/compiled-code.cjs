/*
 * Suites run in contexts of their own, for each of which Jest would compile Nest and all else anew. Code is compiled once for a process
 * instead: a script of V8 can be bound to any context, and the functions that one suite compiled when it called them are there for the next;
 * an ES module takes what V8 read of its text the first time.
 */
const vm = require('node:vm');

/** By file: its text, and what was compiled of it. */
const scripts = new Map();
const modules = new Map();

const { compileFunction, SourceTextModule } = vm;

/** What loads modules itself is compiled anew: shared code would not know for which suite. */
const DYNAMIC_IMPORT = /\bimport\s*\(/;

vm.compileFunction = function (text, parameters, options) {
  const { filename, parsingContext } = options;
  if (!parsingContext || !filename || DYNAMIC_IMPORT.test(text)) {
    return compileFunction(text, parameters, options);
  }
  let script;
  try {
    script = scriptOf(text, parameters, filename);
  } catch {
    // It says what is wrong with the text as it is.
    return compileFunction(text, parameters, options);
  }
  return script.runInContext(parsingContext);
};

function scriptOf(text, parameters, filename) {
  const start = `(function (${parameters.join(', ')}) {`;
  const known = scripts.get(filename);
  if (known?.text === text && known.start === start) return known.script;
  // Lines and columns stay those of the text.
  const script = new vm.Script(`${start}${text}\n})`, { filename, columnOffset: -start.length });
  scripts.set(filename, { text, start, script });
  return script;
}

if (SourceTextModule) {
  vm.SourceTextModule = new Proxy(SourceTextModule, {
    construct: (_class, [text, options]) => moduleOf(text, options),
  });
}

function moduleOf(text, options) {
  const known = modules.get(options.identifier);
  if (known?.text === text) {
    try {
      return new SourceTextModule(text, { ...options, cachedData: known.cachedData });
    } catch {
      // A suite has changed V8's flags, and V8 reads nothing of what it made before.
    }
  }
  const compiled = new SourceTextModule(text, options);
  if (!DYNAMIC_IMPORT.test(text)) {
    modules.set(options.identifier, { text, cachedData: compiled.createCachedData() });
  }
  return compiled;
}
