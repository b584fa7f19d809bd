import type { Decision } from '../../decision/decision.js';
import { DecisionReporter } from '../../decision/decision-reporter.js';
import { PropelAuthConfigurationError } from '../../options/configuration.error.js';
import { isRejectionException } from '../../rejections/exception-for.js';
import type { AccessProbe } from './access-probe.js';

/** Reports decisions about probed calls to the probe, and not to the application and its log. */
export class ObservingReporter extends DecisionReporter {
  override readonly isListening: boolean = true;
  readonly #probe: AccessProbe;

  constructor(probe: AccessProbe, ...dependencies: ConstructorParameters<typeof DecisionReporter>) {
    super(...dependencies);
    this.#probe = probe;
  }

  override allowed(decision: Decision): void {
    if (!this.#probe.notes(decision, { isAllowed: true })) super.allowed(decision);
  }

  override rejected(decision: Decision, cause: unknown, exception: unknown): void {
    const reason = isRejectionException(exception) ? exception.reason : 'error';
    const error = configurationErrorIn(exception)?.message;
    if (this.#probe.notes(decision, { isAllowed: false, reason, error })) return;
    super.rejected(decision, cause, exception);
  }
}

function configurationErrorIn(exception: unknown): PropelAuthConfigurationError | undefined {
  const cause = exception instanceof Error ? exception.cause : undefined;
  return [exception, cause].find((error) => error instanceof PropelAuthConfigurationError);
}
