import { main } from '../../../emulator/src/cli/main.js';

/** Like emulator/bin/propelauth-emulator.js, of the sources. The first argument is the folder of the package. */
const [folder = '', ...args] = process.argv.slice(2);
process.exitCode = await main(args, folder);
