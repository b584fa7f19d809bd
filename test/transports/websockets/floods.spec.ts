import { PropelAuthModule } from 'nestjs-propelauth';
import { issuer } from '../../support/guarded-application.js';
import { alice } from '../../support/project.js';
import { GATEWAY_ADAPTERS, type GatewayClient } from '../../support/websockets.js';
import { sized } from '../../support/thorough.js';
import { closeGate, openGate, WaitingGateway } from './waiting.gateway.js';

const FLOOD = sized(1_000, 300);

beforeEach(closeGate);

/** What is answered to a text that waits for its handler while many others come over the same connection. */
async function answerAfter(client: GatewayClient, event: string): Promise<unknown> {
  client.send('waiting', 'a text');
  for (let number = 0; number < FLOOD; number++) {
    const answer = await client.ask(event, `text ${number}`);
    expect(answer.event).toBe(event === 'me' ? 'me' : 'exception');
  }
  openGate();
  const { data } = await client.next();
  return data;
}

describe.each(GATEWAY_ADAPTERS)('A message that waits for its handler over $name', (adapter) => {
  async function connect() {
    const imports = [PropelAuthModule.forRoot(issuer.moduleOptions)];
    const application = await adapter.start({ imports, providers: [WaitingGateway] });
    return adapter.connect(application, await issuer.accessToken(alice));
  }

  it('keeps its caller while many messages follow', async () => {
    expect(await answerAfter(await connect(), 'me')).toBe(`a text of ${alice.userId}`);
  });

  it('keeps its caller while the following messages are rejected', async () => {
    expect(await answerAfter(await connect(), 'reports')).toBe(`a text of ${alice.userId}`);
  });
});
