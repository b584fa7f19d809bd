/**
 * The server of one row, in its own process. The argument is the row as JSON, with what its protection verifies tokens with. It sends
 * its parent the port and the request to make, and ends with it.
 */
const row = JSON.parse(process.argv[2]);

process.once('disconnect', () => process.exit());

const { createProtection } = await import(`./protections/${row.protection}.mjs`);
const { createApplication } = await import(`./${row.application}-application.mjs`);
const protection = await createProtection(row.verification, row);
const { app, request } = await createApplication(row, protection);
await app.listen(0, '127.0.0.1');
process.send({
  port: app.getHttpServer().address().port,
  request,
  credentials: protection.credentials,
});
