import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import ts from 'typescript';

/** A project file as the compiler understands it: the options, and the files that belong to it. */
export function readProject(path: string): ts.ParsedCommandLine {
  const { config } = ts.readConfigFile(path, (file) => readFileSync(file, 'utf8')) as {
    config: object;
  };
  return ts.parseJsonConfigFileContent(config, ts.sys, resolve(dirname(path)));
}

/** A compiler host that finds these texts beside, and before, the files on disk. */
export function createHost(
  options: ts.CompilerOptions,
  texts: ReadonlyMap<string, string>,
): ts.CompilerHost {
  const directories = new Set([...texts.keys()].map((file) => dirname(file)));
  return Object.assign(ts.createCompilerHost(options), {
    fileExists: (file: string) => texts.has(file) || ts.sys.fileExists(file),
    readFile: (file: string) => texts.get(file) ?? ts.sys.readFile(file),
    directoryExists: (directory: string) =>
      directories.has(directory) || ts.sys.directoryExists(directory),
  });
}

/** What the compiler complains of, in words. */
export function messagesOf(diagnostics: readonly ts.Diagnostic[]): string[] {
  return diagnostics.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}
