import type { INestApplication, Type } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { API_SECURITY_METADATA, type SecurityRequirement } from '../rules/open-api-security.js';
import { methodNamesOf, methodOf } from '../values/class-methods.js';

const MARKER_PREFIX = 'propelauth-marker:';

/** An operation of a document with its handler, and the controller on which the method is called. */
export interface MarkedOperation {
  readonly controller: Type;
  readonly handler: Function;
}

/**
 * Marks classes and handlers, so that every operation that SwaggerModule writes names its own: by a marker among its security requirements.
 * The path and the operation id do not identify the handler reliably.
 */
export class OperationMarkers {
  private readonly marked = new Map<string, Function>();
  private readonly previous = new Map<Function, SecurityRequirement[] | undefined>();

  /** Marks every class and handler of the application's controllers. */
  constructor(app: INestApplication) {
    const controllers = [...app.get(ModulesContainer).values()].flatMap((module) =>
      [...module.controllers.values()].map(({ metatype }) => metatype as Type),
    );
    const targets = new Set<Function>();
    for (const controller of controllers) {
      targets.add(controller);
      for (const name of methodNamesOf(controller)) targets.add(methodOf(controller, name));
    }
    // All are read before the first is written, because a class inherits the requirements of its parents.
    const requirements = [...targets].map((target) => [target, readRequirements(target)] as const);
    requirements.forEach(([target, present]) => this.mark(target, present));
  }

  /** Removes the markers from classes and handlers. */
  remove(): void {
    for (const [target, requirements] of this.previous) {
      if (requirements === undefined) Reflect.deleteMetadata(API_SECURITY_METADATA, target);
      else Reflect.defineMetadata(API_SECURITY_METADATA, requirements, target);
    }
  }

  /** The class and handler that the security requirements of an operation name. */
  find(security: readonly SecurityRequirement[]): MarkedOperation | undefined {
    const targets = security
      .flatMap((requirement) => Object.keys(requirement))
      .map((key) => this.marked.get(key))
      .filter((target) => target !== undefined);
    const [controller, handler] = targets;
    // SwaggerModule lists the requirements of the class before those of the method.
    return controller && handler ? { controller: controller as Type, handler } : undefined;
  }

  private mark(target: Function, present: SecurityRequirement[]): void {
    const marker = `${MARKER_PREFIX}${this.marked.size}`;
    this.marked.set(marker, target);
    this.previous.set(
      target,
      Reflect.getOwnMetadata(API_SECURITY_METADATA, target) as SecurityRequirement[] | undefined,
    );
    Reflect.defineMetadata(API_SECURITY_METADATA, [...present, { [marker]: [] }], target);
  }
}

/** The security requirements of a handler, or of a class and its parents. */
export function readRequirements(target: Function): SecurityRequirement[] {
  return (
    (Reflect.getMetadata(API_SECURITY_METADATA, target) as SecurityRequirement[] | undefined) ?? []
  );
}
