import { PropelAuthConfigurationError } from './configuration.error.js';
import { checkBoolean } from './option-checks.js';

/** @param takesEvents whether the application can verify events, which tell of changes */
export function checkLiveAccess(value: unknown, takesEvents: boolean): boolean {
  const isOn = checkBoolean('liveAccess', value, false);
  if (isOn && !takesEvents) {
    throw new PropelAuthConfigurationError(
      'liveAccess needs the option webhooks, since PropelAuth tells of changes by webhook. Give webhooks: { secret, path }, with the ' +
        'signing secret of the endpoint from your PropelAuth dashboard.',
    );
  }
  return isOn;
}
