import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { ApplicationConfig, HttpAdapterHost, ModulesContainer } from '@nestjs/core';

/**
 * Knows whether microservices were connected to an HTTP application without its global guards, that is without
 * `inheritAppConfig`.
 *
 * Nest does not tell. But while it connects a microservice, right after it has put it among the RPC targets, it looks up the
 * global guards for each message handler: when the application's own configuration is not asked, the microservice has one of
 * its own. So look-ups are counted.
 *
 * Nest before 11.1.4 has no list of RPC targets: there every HTTP application is taken for one that has such a microservice.
 */
@Injectable()
export class HybridMicroservices implements OnApplicationBootstrap {
  private readonly logger = new Logger('PropelAuth');
  private lookups = 0;
  private isStarted = false;
  private withoutGuards = false;
  private readonly isToldOfTargets: boolean;

  constructor(
    modules: ModulesContainer,
    configuration: ApplicationConfig,
    private readonly adapterHost: HttpAdapterHost,
  ) {
    this.countLookups(configuration);
    const targets = (modules as Partial<ModulesContainer>).getRpcTargetRegistry?.();
    this.isToldOfTargets = targets !== undefined;
    targets?.subscribe(() => this.watchRegistration());
  }

  onApplicationBootstrap(): void {
    this.isStarted = true;
  }

  /** Whether one was connected so far that global guards do not reach, or could have been. */
  hasOneWithoutGlobalGuards(): boolean {
    return this.withoutGuards || (!this.isToldOfTargets && this.isHttpApplication());
  }

  private countLookups(configuration: ApplicationConfig): void {
    const getGlobalGuards = configuration.getGlobalGuards.bind(configuration);
    configuration.getGlobalGuards = () => {
      this.lookups++;
      return getGlobalGuards();
    };
  }

  /** Handlers are registered at once, in `connectMicroservice()` itself. */
  private watchRegistration(): void {
    const earlier = this.lookups;
    queueMicrotask(() => {
      // Without an HTTP application it is a standalone microservice, which has the configuration itself.
      if (!this.isHttpApplication() || this.lookups > earlier) return;
      this.withoutGuards = true;
      if (this.isStarted) {
        this.logger.error(
          'A microservice was connected after the start and without { inheritAppConfig: true }: global guards do not reach its ' +
            'message handlers, and no audit has looked at them.',
        );
      }
    });
  }

  private isHttpApplication(): boolean {
    return Boolean(this.adapterHost.httpAdapter);
  }
}
