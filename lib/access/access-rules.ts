import { Injectable, type ExecutionContext, type Type } from '@nestjs/common';
import { ResolvedOptions } from '../options/resolved-options.js';
import { compileAccess, type CompiledAccess } from './compiled-access.js';
import { orgFromParam } from './org-sources/org-from-param.js';
import type { OrgSource } from '../options/org-source.interface.js';

/** The access rules of all handlers, each compiled when it is first asked for. */
@Injectable()
export class AccessRules {
  private readonly compiled = new WeakMap<Type, WeakMap<Function, CompiledAccess>>();
  private readonly defaultSource: OrgSource;

  constructor(options: ResolvedOptions) {
    this.defaultSource = options.orgSource ?? orgFromParam();
  }

  /** The rules for the handler of a context. */
  of(context: ExecutionContext): CompiledAccess {
    return this.ofHandler(context.getClass(), context.getHandler());
  }

  /** The rules for a handler as that class has it: an inherited handler stands under the rules of each heir. */
  ofHandler(controller: Type, handler: Function): CompiledAccess {
    let ofController = this.compiled.get(controller);
    if (ofController === undefined) {
      ofController = new WeakMap();
      this.compiled.set(controller, ofController);
    }
    let access = ofController.get(handler);
    if (access === undefined) {
      access = compileAccess(controller, handler, this.defaultSource);
      ofController.set(handler, access);
    }
    return access;
  }
}
