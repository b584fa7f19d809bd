import type {
  DynamicModule,
  FactoryProvider,
  InjectionToken,
  ModuleMetadata,
  Provider,
} from '@nestjs/common';
import { PropelAuthConfigurationError } from '../options/configuration.error.js';
import { combineHooks } from './combined-hooks.js';
import { Hooks, LATE_HOOKS } from './hooks.js';

/**
 * A part of the package that is loaded only where it is imported, such as `telemetry()` of `nestjs-propelauth/telemetry`. Pass it to the
 * option `plugins` of {@link PropelAuthModule.forRoot}.
 *
 * @publicApi
 */
export interface PropelAuthPlugin {
  /** The name of the function that created it. */
  readonly name: string;
}

/**
 * Options of a plugin that depend on providers of the application, such as a configuration service.
 *
 * @publicApi
 */
export interface PropelAuthPluginFactory<Options> extends Pick<ModuleMetadata, 'imports'> {
  /** The providers that the factory gets. Default: none. */
  inject?: FactoryProvider['inject'];
  /** Returns the options, or `false` to leave the plugin out. */
  useFactory: FactoryProvider<Options | false>['useFactory'];
}

/** The parts of a plugin, which `PropelAuthModule` takes over. */
interface PluginParts {
  readonly imports: NonNullable<ModuleMetadata['imports']>;
  readonly providers: readonly Provider[];
  /** The injection token of its {@link Hooks}, which are `undefined` where a factory has left the plugin out. */
  readonly hooks: InjectionToken;
}

/**
 * The parts of each plugin. They are kept here and not in the plugin, so that logging a plugin cannot print its options and their secrets.
 */
const partsOfPlugins = new WeakMap<PropelAuthPlugin, PluginParts>();

/** A plugin before it has its options. */
interface PluginDefinition<Options, Resolved> {
  readonly name: string;
  /** The injection token of the checked options; they are `undefined` where a factory returned `false`. */
  readonly token: InjectionToken;
  /** @throws {PropelAuthConfigurationError} for wrong options */
  check(this: void, options: Options): Resolved;
  readonly providers: readonly Provider[];
  /** The token under which {@link providers} have its {@link Hooks}; `undefined` where a factory returned `false`. */
  readonly hooks: InjectionToken;
}

/** Creates a plugin from its definition and the options that an application gives it. */
export function createPlugin<Options extends object, Resolved>(
  { name, token, check, providers, hooks }: PluginDefinition<Options, Resolved>,
  given: Options | PropelAuthPluginFactory<Options>,
): PropelAuthPlugin {
  const factory = isFactory(given) ? given : undefined;
  if (factory) checkFactory(name, factory);
  const options: FactoryProvider<Resolved | undefined> = {
    provide: token,
    inject: factory?.inject ?? [],
    useFactory: async (...injected: unknown[]) => {
      if (!factory) return check(given as Options);
      const returned = await factory.useFactory(...injected);
      return returned === false ? undefined : check(returned);
    },
  };
  const plugin = Object.freeze({ name });
  partsOfPlugins.set(plugin, {
    imports: factory?.imports ?? [],
    providers: [options, ...providers],
    hooks,
  });
  return plugin;
}

function isFactory<Options extends object>(
  given: Options | PropelAuthPluginFactory<Options>,
): given is PropelAuthPluginFactory<Options> {
  return typeof given === 'object' && given !== null && 'useFactory' in given;
}

const FACTORY_KEYS = ['imports', 'inject', 'useFactory'];

/** Rejects options next to `useFactory`, which would have no effect. */
function checkFactory(name: string, factory: PropelAuthPluginFactory<object>): void {
  const unknownKey = Object.keys(factory).find((key) => !FACTORY_KEYS.includes(key));
  if (unknownKey !== undefined) {
    throw new PropelAuthConfigurationError(
      `${name}() does not take ${unknownKey} next to useFactory. Return it from useFactory, or correct its spelling; ` +
        `${name}() takes ${FACTORY_KEYS.join(', ')}.`,
    );
  }
  if (typeof factory.useFactory !== 'function') {
    throw new PropelAuthConfigurationError(
      `useFactory of ${name}() is not a function. Set it to one that returns the options, or false.`,
    );
  }
}

/**
 * Adds plugins to the module.
 *
 * @throws {PropelAuthConfigurationError} for a value that is no plugin of this copy of the package, and for a plugin that is there twice
 */
export function addPlugins(definition: DynamicModule, plugins: unknown): DynamicModule {
  const all = checkPlugins(plugins);
  return {
    ...definition,
    imports: [...(definition.imports ?? []), ...all.flatMap(({ imports }) => imports)],
    // After the providers of the module, so that the filled hooks replace its empty ones.
    providers: [
      ...(definition.providers ?? []),
      ...all.flatMap(({ providers }) => providers),
      filledHooks(all),
    ],
  };
}

/** Fills the hooks with those of the plugins that are in use. */
function filledHooks(plugins: readonly PluginParts[]): FactoryProvider<Hooks> {
  return {
    provide: Hooks,
    inject: [LATE_HOOKS, ...plugins.map(({ hooks }) => hooks)],
    useFactory: (hooks: Hooks, ...given: (Hooks | undefined)[]) =>
      Object.assign(hooks, combineHooks(given.filter((hook) => hook !== undefined))),
  };
}

function checkPlugins(plugins: unknown = []): PluginParts[] {
  if (!Array.isArray(plugins)) {
    throw new PropelAuthConfigurationError(
      'plugins is not a list. Set it to the plugins that you use, such as [telemetry()].',
    );
  }
  const names = new Set<string>();
  return (plugins as PropelAuthPlugin[]).map((plugin, index) => {
    const parts = partsOfPlugins.get(plugin);
    if (parts === undefined) {
      throw new PropelAuthConfigurationError(
        `plugins[${index}] is not a plugin of this copy of nestjs-propelauth. Pass what its function returns, such as ` +
          'telemetry(); if you do, two copies of the package are installed: npm ls nestjs-propelauth lists them.',
      );
    }
    if (names.has(plugin.name)) {
      throw new PropelAuthConfigurationError(
        `plugins contains ${plugin.name}() twice. Remove one of them.`,
      );
    }
    names.add(plugin.name);
    return parts;
  });
}
