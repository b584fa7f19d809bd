import type { ApplicationConfig, HttpAdapterHost, ModulesContainer } from '@nestjs/core';
import { HybridMicroservices } from './hybrid-microservices.js';

/** As much of Nest before 11.1.4 as the package asks: its container of modules does not know the microservices. */
function microservicesOfOldNest(httpAdapter: object | null): HybridMicroservices {
  return new HybridMicroservices(
    new Map() as ModulesContainer,
    { getGlobalGuards: () => [] } as unknown as ApplicationConfig,
    { httpAdapter } as HttpAdapterHost,
  );
}

describe('Where Nest does not say which microservices are connected', () => {
  it('an HTTP application may have one that global guards do not reach', () => {
    expect(microservicesOfOldNest({}).hasOneWithoutGlobalGuards()).toBe(true);
  });

  it('an application that is itself a microservice has its own global guards', () => {
    expect(microservicesOfOldNest(null).hasOneWithoutGlobalGuards()).toBe(false);
  });
});
