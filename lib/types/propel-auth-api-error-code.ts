/**
 * Why a call of `PropelAuthApi` failed, with the `status` of each code:
 *
 * - `timeout` (503): PropelAuth did not respond within `apiTimeoutMs`.
 * - `unreachable` (503): no connection to PropelAuth, or the connection was lost.
 * - `rate_limited` (429): PropelAuth limits the calls of the project, or the uses of the end-user API key.
 * - `integration_key_invalid` (500): the option `apiKey` is not an API key of the PropelAuth project.
 * - `not_enabled` (500): the PropelAuth project or its pricing plan does not have the feature.
 * - `invalid_request` (400): the request is invalid. `fields` names the invalid fields, where they are known.
 * - `step_up_code_invalid` (400): the code of a step-up MFA challenge is wrong.
 * - `mfa_not_enabled` (400): the user of a step-up MFA challenge has not set up MFA.
 * - `forbidden` (403): PropelAuth does not allow the call.
 * - `not_found` (404): the user, organization or group does not exist.
 * - `invalid_arguments` (500): the arguments cannot be sent, such as `undefined` instead of an object. Nothing was sent.
 * - `unexpected_response` (502): PropelAuth failed, or its client does not understand the response.
 *
 * @publicApi
 */
export type PropelAuthApiErrorCode =
  | 'timeout'
  | 'unreachable'
  | 'rate_limited'
  | 'integration_key_invalid'
  | 'not_enabled'
  | 'invalid_request'
  | 'step_up_code_invalid'
  | 'mfa_not_enabled'
  | 'forbidden'
  | 'not_found'
  | 'invalid_arguments'
  | 'unexpected_response';
