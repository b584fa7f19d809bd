import { Injectable, Logger, type OnModuleInit, type Type } from '@nestjs/common';
import { MetadataScanner, ModulesContainer } from '@nestjs/core';
import { PropelAuthConfigurationError } from '../options/configuration.error.js';
import { ResolvedOptions } from '../options/resolved-options.js';
import { AccessRules } from './access-rules.js';
import { findContradictions } from './contradictions.js';

// The key under which Nest keeps the path of a handler: what makes a method a route.
const PATH_METADATA = 'path';

/** Looks at every route when the application starts, and stops the start where access rules contradict each other. */
@Injectable()
export class StartupAudit implements OnModuleInit {
  private readonly logger = new Logger('PropelAuth');
  private readonly scanner = new MetadataScanner();

  constructor(
    private readonly modules: ModulesContainer,
    private readonly rules: AccessRules,
    private readonly options: ResolvedOptions,
  ) {}

  onModuleInit(): void {
    const findings = [
      ...new Set(this.controllers().flatMap((controller) => this.auditController(controller))),
    ];
    if (findings.length === 0) return;
    const report = ['The access rules of these routes contradict each other:', ...findings].join(
      '\n- ',
    );
    if (this.options.startupAudit === 'error') throw new PropelAuthConfigurationError(report);
    this.logger.warn(`${report}\nThey are applied at their strictest.`);
  }

  private controllers(): Type[] {
    return [...this.modules.values()].flatMap((module) =>
      [...module.controllers.values()].map(({ metatype }) => metatype as Type),
    );
  }

  private auditController(controller: Type): string[] {
    const prototype = controller.prototype as Record<string, Function>;
    return this.scanner.getAllMethodNames(prototype).flatMap((name) => {
      const handler = prototype[name] as Function;
      if (!Reflect.hasMetadata(PATH_METADATA, handler)) return [];
      const access = this.rules.ofHandler(controller, handler);
      return findContradictions({ controller, name, handler, access }).map(
        (contradiction) => `${controller.name}.${name}: ${contradiction}`,
      );
    });
  }
}
