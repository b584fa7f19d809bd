import { startUndecorated } from './transport-promises';
import { describeTransports } from './transport-suites';

describeTransports();

describe('An application of Nest 11', () => {
  it('does not start with a gateway without a rule, which no global guard reaches', async () => {
    await expect(startUndecorated()).rejects.toThrow(/UndecoratedGateway\.answer[^]*Nest 11/);
  });
});
