'use strict';
/*
 * Sends calls of PropelAuth's own libraries to the emulator. `propelauth-emulator exec` loads it into every process of its command that runs
 * Node.js or Bun. The libraries have the address of PropelAuth's API in a constant, and call it with the global fetch.
 */
const PROPELAUTH = 'https://propelauth-api.com';
const emulator = process.env.PROPELAUTH_EMULATOR_URL;

if (emulator) {
  const send = globalThis.fetch;
  globalThis.fetch = function fetch(input, init) {
    const url = input instanceof Request ? input.url : String(input);
    if (!url.startsWith(`${PROPELAUTH}/`)) return send.call(this, input, init);
    const address = emulator + url.slice(PROPELAUTH.length);
    return send.call(this, input instanceof Request ? new Request(address, input) : address, init);
  };
}
