import { inspect, types } from 'node:util';
import { PropelAuthConfigurationError } from 'nestjs-propelauth';
import { ConfigurationError } from './configuration/configuration.error.js';

/**
 * What the terminal says when the app cannot start: a message for what can be set right there, all
 * there is for a bug.
 */
export function startFailure(error: unknown): string {
  if (error instanceof ConfigurationError || error instanceof PropelAuthConfigurationError) {
    return `The sample app cannot start. ${error.message}`;
  }
  if (!isListenError(error)) return inspect(error);
  return error.code === 'EADDRINUSE'
    ? `The sample app cannot start. Port ${error.port} is in use: set PORT to another.`
    : `The sample app cannot start. ${error.message}: set PORT to another.`;
}

function isListenError(error: unknown): error is NodeJS.ErrnoException & { port?: number } {
  return types.isNativeError(error) && 'syscall' in error && error.syscall === 'listen';
}
