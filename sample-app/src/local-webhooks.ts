/**
 * The secret with which events are signed while there is no PropelAuth project. It is no secret at all: the local issuer takes
 * whatever comes from this machine.
 */
export const LOCAL_WEBHOOK_SECRET = `whsec_${Buffer.from('known to everyone on this machine').toString('base64')}`;

/** Where the sample app takes events. */
export const WEBHOOK_PATH = '/api/webhooks/propelauth';
