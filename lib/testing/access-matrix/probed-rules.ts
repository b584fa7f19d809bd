import { Inject, type Type } from '@nestjs/common';
import { HANDLER_PROBE } from '../../module/handler-probe.js';
import type { AccessCall } from '../../options/access-rule.interface.js';
import type { OrgReference } from '../../options/org-source.interface.js';
import type { OwnLoader } from '../../rules/application/own-loader.js';
import type { OwnRule } from '../../rules/application/own-rule.js';
import { OwnVerdicts } from '../../rules/application/own-verdicts.js';
import { Resources, type GivenId } from '../../rules/application/resources.js';
import type { AccessProbe } from './access-probe.js';

/** In calls of `toHold()`, each rule of the application lets in, but real ones, and the one that the call shows to be enforced. */
export class ProbedVerdicts extends OwnVerdicts {
  @Inject(HANDLER_PROBE) private readonly probe!: AccessProbe;

  override async of(
    rule: OwnRule,
    args: readonly unknown[],
    call: AccessCall,
    lifetime: object,
  ): Promise<unknown> {
    const probed = this.probe.callOf(call.context);
    if (probed?.denied === rule.name) return false;
    const isReal = this.probe.realRules.some((type) => rule instanceof type);
    return probed === undefined || isReal ? super.of(rule, args, call, lifetime) : true;
  }
}

/** In calls of `toHold()`, every row is there, and belongs to the organization under test. No loader is called, unless a real rule may need it. */
export class ProbedResources extends Resources {
  @Inject(HANDLER_PROBE) private readonly probe!: AccessProbe;

  override async load(
    type: Type<OwnLoader>,
    call: AccessCall,
    lifetime: object,
    ...given: GivenId
  ): Promise<object | null> {
    if (this.isReal(call)) return super.load(type, call, lifetime, ...given);
    return {};
  }

  override async orgOf(
    type: Type<OwnLoader>,
    call: AccessCall,
    lifetime: object,
  ): Promise<OrgReference | undefined> {
    const probed = this.probe.callOf(call.context);
    if (probed === undefined || this.isReal(call)) return super.orgOf(type, call, lifetime);
    return { orgId: probed.orgId };
  }

  private isReal(call: AccessCall): boolean {
    return this.probe.realRules.length > 0 || this.probe.callOf(call.context) === undefined;
  }
}
