import type { Type } from '@nestjs/common';
import { MetadataScanner } from '@nestjs/core';

const scanner = new MetadataScanner();

/** The names of the methods of a class, with those that it inherits, as Nest finds them. */
export function methodNamesOf({ prototype }: Type): string[] {
  return scanner.getAllMethodNames(prototype as object);
}

/** The function that a class, or one above it, declares under a name. It has the metadata of the decorators of the method. */
export function methodOf({ prototype }: Function, name: string): Function {
  return (prototype as Record<string, Function>)[name] as Function;
}
