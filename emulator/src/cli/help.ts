/** What `--help` prints. */
export const HELP = `PropelAuth on your machine, for development and tests. Unofficial.

Usage
  propelauth-emulator [options]                     serve until Ctrl-C, and print the environment
  propelauth-emulator exec [options] -- COMMAND     run a command with the emulator, and end both together
  propelauth-emulator token USER [--org ORG]        print an access token of a user of the emulator that runs

Options
  --port N               the port. Default: 4000. 0 is a free one, for which no changes are kept
  --seed FILE            users, organizations and API keys. Default: propelauth.emulator.json if it exists, else four users of Acme Inc
  --webhooks URL         where events are sent, for example http://localhost:3000/webhooks/propelauth
  --call URL             what the printed and copied curl commands call. Default: http://localhost:3000/
  --allow-origin ORIGIN  pages of this origin may use the emulator; those of this machine always may. Repeatable
  --host ADDRESS         listens on this address as well, for example 0.0.0.0 in a container. Needs --public-url
  --public-url ORIGIN    the auth URL, for browsers that reach the emulator at another origin, for example that of a proxy. Pages ask for
                         the secret that the terminal prints
  --env NAME=VALUE       sets another variable to authUrl, apiKey, verifierKey, webhookSecret, introspectionClientId or
                         introspectionClientSecret, for example --env VITE_AUTH_URL=authUrl. Repeatable
  --fresh                starts from the seed, without the changes since then
  --org ORG              token only: makes this the active organization; its id, its name, or the start of it
  --production           exec only: runs the command with NODE_ENV=production, to try a production build
  -h, --help             print this
  -v, --version          print the version

Ends
  exec ends with its command, and the command with exec or the emulator, even by SIGKILL: SIGTERM first, SIGKILL after some seconds. exec
  also ends with the npx, npm, pnpm, Yarn or Bun that started it. The emulator ends with the last exec. Not covered: daemons with a session
  of their own, SIGKILL of npx on macOS, and exec ended by the Task Manager of Windows

Examples
  propelauth-emulator exec -- nest start --watch
  propelauth-emulator exec --webhooks http://localhost:3000/webhooks/propelauth -- npm run dev
`;
