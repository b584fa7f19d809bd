import type { Decision } from '../../decision/decision.js';
import { CallerAccounts } from '../../guard/caller-accounts.js';
import type { AccessProbe } from './access-probe.js';

/** Loads no accounts for the calls of `toHold()`, which never reach a handler: the application might create rows for its callers. */
export class ProbedAccounts extends CallerAccounts {
  readonly #probe: AccessProbe;

  constructor(probe: AccessProbe, ...dependencies: ConstructorParameters<typeof CallerAccounts>) {
    super(...dependencies);
    this.#probe = probe;
  }

  override async require(decision: Decision): Promise<void> {
    if (decision.identified !== null && this.#probe.isOf(decision.context)) return;
    await super.require(decision);
  }
}
