/*
 * Compiles the sources of @rekog/mcp-nest to ES modules, for Jest. The package says nothing of its type, which compilers take for
 * CommonJS.
 */
const { transpileModule, ModuleKind, ScriptTarget } = require('typescript');

module.exports.process = (source, fileName) => {
  const { outputText } = transpileModule(source, {
    fileName,
    compilerOptions: {
      target: ScriptTarget.ES2023,
      module: ModuleKind.ESNext,
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
    },
  });
  return { code: outputText };
};
