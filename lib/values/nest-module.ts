import type { ModulesContainer } from '@nestjs/core';

/** A module of the application, as Nest keeps it. */
export type NestModule = ModulesContainer extends Map<string, infer Module> ? Module : never;

/** A provider or controller of a module, as Nest keeps it. */
export type Wrapper = NestModule['providers'] extends Map<unknown, infer Found> ? Found : never;
