/**
 * A server of one row, in a process of its own. Arguments: the module that makes the application, and what it verifies
 * tokens with, as JSON. It tells its parent the port, and ends with it.
 */
import { argv, exit } from 'node:process';

const [, , applicationModule, verification] = argv;

process.once('disconnect', () => exit());

const { createApplication } = await import(applicationModule);
const app = await createApplication(JSON.parse(verification));
await app.listen(0, '127.0.0.1');
process.send({ port: app.getHttpServer().address().port });
