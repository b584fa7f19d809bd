/**
 * A server of one row, in a process of its own. Arguments: the HTTP adapter, the module that makes the protection, and what that
 * verifies tokens with, as JSON. It tells its parent the port, and ends with it.
 */
import { argv, exit } from 'node:process';
import { createReportsApplication } from './reports-application.mjs';

const [, , adapter, protectionModule, verification] = argv;

process.once('disconnect', () => exit());

const { createProtection } = await import(protectionModule);
const app = await createReportsApplication(adapter, createProtection(JSON.parse(verification)));
await app.listen(0, '127.0.0.1');
process.send({ port: app.getHttpServer().address().port });
