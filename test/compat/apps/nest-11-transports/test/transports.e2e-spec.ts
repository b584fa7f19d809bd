import { startUndecorated } from './transport-promises';
import { describeTransports } from './transport-suites';

describeTransports();

describe('An application of Nest 11', () => {
  it('fails to start with a gateway without a rule, because no global guard reaches it', async () => {
    await expect(startUndecorated()).rejects.toThrow(/UndecoratedGateway\.answer[^]*Nest 11/);
  });
});
