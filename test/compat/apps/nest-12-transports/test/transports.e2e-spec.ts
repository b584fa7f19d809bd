import { expectGuarded, startUndecorated } from './transport-promises.js';
import { describeTransports } from './transport-suites.js';

describeTransports();

describe('An application of Nest 12', () => {
  it('guards a gateway without a rule', async () => {
    const app = await startUndecorated();
    await expectGuarded(app);
    await app.close();
  });
});
