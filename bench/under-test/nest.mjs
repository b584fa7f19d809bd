import { importPackage } from './root.mjs';

/* Nest as the build under test finds it. */
export const { Controller, Get, Module, UnauthorizedException, UseGuards } =
  await importPackage('@nestjs/common');
export const { NestFactory } = await importPackage('@nestjs/core');
