// On Node.js 20, oidc-provider prints a warning when it is loaded. The package has one of its own, which a test checks.
const warn = jest.spyOn(console, 'warn').mockImplementation(() => {});
await import('oidc-provider');
warn.mockRestore();
