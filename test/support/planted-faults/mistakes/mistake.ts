import {
  Controller,
  Get,
  type INestApplication,
  type ModuleMetadata,
  type Type,
} from '@nestjs/common';
import type { TestingModuleBuilder } from '@nestjs/testing';
import { orgFromQuery, RequireOrgRole } from 'nestjs-propelauth';
import type { HoldOptions } from 'nestjs-propelauth/testing';
import type { RunningApplication } from '../../application.js';
import type { PropelAuthOptions } from '../../guarded-application.js';
import type { KnownUser } from '../../project.js';
import { decorateHandler } from '../../routes.js';

/** What only those may have for whom the author of an application means it. */
export const SECRET = 'the report of Acme';

/**
 * What startup, `toHold()` and `describeAccess()` say of a mistake, in this order. `warns` is a warning in the log of startup.
 */
export type Notices = readonly [
  startup: 'fails' | 'warns' | 'guarded' | '–',
  toHold: 'finds' | 'guarded' | '–',
  describeAccess: 'shows' | 'guarded' | '–',
];

/** What becomes of the secret. */
export type Result = 'unauthorized access' | 'all rejected' | 'guarded' | 'does not start';

/** A mistake that people make, in a small application. */
export interface Mistake {
  /** In words, for a table. */
  readonly what: string;
  /** Makes the application, under `PropelAuthModule`. */
  readonly plant: () => ModuleMetadata;
  readonly options?: Partial<PropelAuthOptions>;
  readonly prepare?: (app: INestApplication) => unknown;
  readonly override?: (builder: TestingModuleBuilder) => TestingModuleBuilder;
  /** The handler with the secret, as `describeAccess()` names it. Default: `GET /reports`. */
  readonly handler?: string;
  /** Who may call it in the mind of the author, as `describeAccess()` says it. Default: {@link ADMINS}. */
  readonly meant?: string;
  /** Gets the secret, if anybody does. Default: bob, who is an admin. */
  readonly user?: KnownUser;
  /** Must not get it; `null` has no token. */
  readonly intruder: KnownUser | null;
  /** Where they ask for it. Default: `/reports` of Acme. */
  readonly path?: string;
  /** Where the intruder asks for it, if elsewhere. */
  readonly intruderPath?: string;
  /** What `toHold()` has to know. */
  readonly hold?: HoldOptions;
  /** What the user or the intruder is answered, where that takes more than a GET: the secret, if they get it. */
  readonly ask?: (application: RunningApplication, user: KnownUser | null) => Promise<string>;
  readonly result: Result;
  readonly notices: Notices;
  /** What to do about it, where nothing says so. */
  readonly advice?: string;
}

export const ADMINS = 'Admin and above of the org in query orgId';

const org = orgFromQuery();
export const ForAdmins = () => RequireOrgRole('Admin', { org });

/** A controller whose `GET /reports` gives the secret, under these decorators. */
export function reportsUnder(
  method: readonly MethodDecorator[],
  { path = 'reports', classes = [] }: { path?: string; classes?: readonly ClassDecorator[] } = {},
): Type {
  class ReportsController {
    list() {
      return SECRET;
    }
  }
  decorateHandler(ReportsController, 'list', ...method.toReversed(), Get(path));
  [...classes, Controller()].forEach((decorate) => decorate(ReportsController));
  return ReportsController;
}
