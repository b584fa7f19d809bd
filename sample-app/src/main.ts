import { describeAccess } from 'nestjs-propelauth';
import { readConfiguration } from './configuration/read-configuration.js';
import { startApplication } from './start-application.js';
import { startFailure } from './start-failure.js';
import { startMessage } from './start-message.js';

try {
  const configuration = readConfiguration(process.env, process.argv.slice(2));
  // Nest's own lines wait for a start that succeeded: one that fails says why, and nothing else.
  const app = await startApplication(configuration, { bufferLogs: true, autoFlushLogs: false });
  app.flushLogs();
  // LocalPropelAuthModule has a message of its own.
  if (configuration.mode === 'propelauth') {
    console.log(startMessage(configuration, describeAccess(app)));
  }
} catch (error) {
  console.error(startFailure(error));
  process.exit(1);
}
