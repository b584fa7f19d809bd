import { parse } from 'yaml';
import { readCodeBlocks } from '../support/code-blocks.js';

const blocks = readCodeBlocks('docs/deploy.md');

function codeIn(language: string): string {
  const found = blocks.filter((block) => block.language === language);
  expect(found).toHaveLength(1);
  return found[0]!.code;
}

type Stage = readonly (readonly [instruction: string, rest: string])[];

/** The instructions of a Dockerfile, by stage. */
function stagesOf(dockerfile: string): Stage[] {
  const instructions = dockerfile
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, instruction = '', rest = ''] = /^([A-Z]+) (.+)$/.exec(line) ?? [];
      return [instruction, rest] as const;
    });
  const starts = instructions.flatMap(([name], index) => (name === 'FROM' ? [index] : []));
  return starts.map((start, index) => instructions.slice(start, starts[index + 1]));
}

const KNOWN = ['FROM', 'WORKDIR', 'COPY', 'RUN', 'ENV', 'USER', 'EXPOSE', 'CMD'];

/** What a COPY copies that the application has to have: nothing if it is of an earlier stage. */
function sourcesOf(rest: string, earlier: readonly Stage[]): string[] {
  const words = rest.split(' ').slice(0, -1);
  const from = words.find((word) => word.startsWith('--from='))?.slice('--from='.length);
  const isEarlier = earlier.some(([first]) => first?.[1].endsWith(` AS ${from}`));
  return isEarlier ? [] : words;
}

describe('The Dockerfile of the page about deployment', () => {
  const stages = stagesOf(codeIn('dockerfile'));
  const last = stages.at(-1)!;
  const wordsOf = (name: string) => last.filter(([one]) => one === name).map(([, rest]) => rest);

  it('has only known instructions', () => {
    const names = stages.flat().map(([instruction]) => instruction);
    expect(names.filter((name) => !KNOWN.includes(name))).toEqual([]);
  });

  it('copies files that an application of the Nest CLI has, and what an earlier stage has built', () => {
    const sources = stages.flatMap((stage, index) =>
      stage.flatMap(([name, rest]) =>
        name === 'COPY' ? sourcesOf(rest, stages.slice(0, index)) : [],
      ),
    );
    expect(sources.length).toBeGreaterThan(0);
    expect(sources.filter((source) => !FILES.includes(source))).toEqual([]);
  });

  it('ends as a user without privileges, in the form that gets signals, with production packages', () => {
    expect(wordsOf('USER')).toEqual(['node']);
    expect(JSON.parse(wordsOf('CMD').join())).toEqual(['node', 'dist/main.js']);
    expect(wordsOf('RUN').join()).toContain('npm ci --omit=dev');
    expect(wordsOf('ENV')).toEqual(['NODE_ENV=production']);
  });

  it('has no secrets, and copies no folder that may have some', () => {
    expect(codeIn('dockerfile')).not.toMatch(/ARG|KEY|SECRET|TOKEN|\.env|COPY \. /);
  });
});

/** What `nest new` and `npm install` create. */
const FILES = [
  'package.json',
  'package-lock.json',
  'nest-cli.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'src',
];

interface Probe {
  readonly httpGet: { readonly path: string; readonly port: number };
}

interface Deployment {
  readonly kind: string;
  readonly spec: {
    readonly template: { readonly spec: { readonly containers: readonly Container[] } };
  };
}

interface Container {
  readonly env: readonly { readonly name: string; readonly value?: string }[];
  readonly ports: readonly { readonly containerPort: number }[];
  readonly livenessProbe: Probe;
  readonly readinessProbe: Probe;
}

describe('The Kubernetes deployment of the page', () => {
  const { kind, spec } = parse(codeIn('yaml')) as Deployment;
  const [container] = spec.template.spec.containers;

  it('has probes for the routes of the page, at the port of the application', () => {
    expect(kind).toBe('Deployment');
    const { livenessProbe, readinessProbe, ports } = container!;
    expect(livenessProbe.httpGet.path).toBe('/health/live');
    expect(readinessProbe.httpGet.path).toBe('/health/ready');
    const code = blocks.map((block) => block.code).join('');
    for (const part of ["@Controller('health')", "@Get('live')", "@Get('ready')"]) {
      expect(code).toContain(part);
    }
    for (const { httpGet } of [livenessProbe, readinessProbe]) {
      expect(httpGet.port).toBe(ports[0]?.containerPort);
    }
  });

  it('sets the variables that the application reads, and takes the key from a secret', () => {
    const { env } = container!;
    expect(env.map(({ name }) => name)).toEqual(['PROPELAUTH_AUTH_URL', 'PROPELAUTH_API_KEY']);
    expect(env[1]).toEqual({
      name: 'PROPELAUTH_API_KEY',
      valueFrom: { secretKeyRef: { name: 'propelauth', key: 'api-key' } },
    });
  });
});
