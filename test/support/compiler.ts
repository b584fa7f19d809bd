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

/** Files that were parsed, by all that decides on what comes of it. */
export type ParsedFiles = Map<string, ts.SourceFile | undefined>;

/**
 * A compiler host that finds these texts beside, and before, the files on disk.
 *
 * @param parsed what hosts share whose options are the same but for `paths`. Most files are those of other packages
 */
export function createHost(
  options: ts.CompilerOptions,
  texts: ReadonlyMap<string, string>,
  parsed: ParsedFiles = new Map(),
): ts.CompilerHost {
  const directories = new Set([...texts.keys()].map((file) => dirname(file)));
  const host = ts.createCompilerHost(options);
  const parse = host.getSourceFile.bind(host);
  return Object.assign(host, {
    getSourceFile: (file: string, how: ts.ScriptTarget | ts.CreateSourceFileOptions) => {
      const key = JSON.stringify([file, texts.get(file), how]);
      if (!parsed.has(key)) parsed.set(key, parse(file, how));
      return parsed.get(key);
    },
    fileExists: (file: string) => texts.has(file) || ts.sys.fileExists(file),
    readFile: (file: string) => texts.get(file) ?? ts.sys.readFile(file),
    // A text is where it is said to be, also below a link: beside this package in node_modules is what was built last.
    realpath: (path: string) => (texts.has(path) ? path : (ts.sys.realpath?.(path) ?? path)),
    directoryExists: (directory: string) =>
      directories.has(directory) || ts.sys.directoryExists(directory),
  });
}

/** What the compiler complains of, in words. */
export function messagesOf(diagnostics: readonly ts.Diagnostic[]): string[] {
  return diagnostics.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}
