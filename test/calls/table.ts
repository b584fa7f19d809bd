import type { TableApplication } from './applications.js';
import {
  CREDENTIALS,
  isTried,
  setCondition,
  type Condition,
  type Credential,
} from './credentials.js';
import { ACME_ID } from '../support/project.js';
import { outcomeOf, type Outcome } from './outcome.js';
import { alice } from './people.js';
import type { Rule } from './rules.js';
import { canSend, type Session, type Transport } from './transport.js';

/** The outcomes of the calls of one transport. */
export interface Table {
  readonly name: string;
  /** By the name of the handler, and by that of the credential. */
  readonly rows: ReadonlyMap<string, ReadonlyMap<string, Outcome>>;
}

const CONDITIONS: readonly Condition[] = ['well', 'unreachable', 'limiting'];

/** Makes all calls of one application, one after the other. */
export async function tablesOf(
  application: TableApplication,
  credentials: readonly Credential[] = CREDENTIALS,
): Promise<Table[]> {
  const tables: Table[] = [];
  for (const transport of application.transports) {
    tables.push(await tableOf(application, transport, transport.credentials ?? credentials));
  }
  return tables;
}

async function tableOf(
  application: TableApplication,
  transport: Transport,
  credentials: readonly Credential[],
): Promise<Table> {
  const rows = new Map(transport.rules.map(({ name }) => [name, new Map<string, Outcome>()]));
  const { propelAuth } = application;
  for (const condition of CONDITIONS) {
    setCondition(propelAuth, condition);
    for (const credential of credentials) {
      if ((credential.during ?? 'well') !== condition) continue;
      await tryAll(application, transport, credential, (rule, outcome) =>
        rows.get(rule.name)!.set(credential.name, outcome),
      );
    }
  }
  setCondition(propelAuth, 'well');
  return { name: transport.name, rows };
}

async function tryAll(
  { propelAuth, witness }: TableApplication,
  transport: Transport,
  credential: Credential,
  record: (rule: Rule, outcome: Outcome) => void,
): Promise<void> {
  let connection: Session | undefined;
  for (const rule of transport.rules) {
    if (!isTried(credential, rule, transport.needs)) continue;
    if (connection === undefined || !transport.staysConnected) {
      const sent = await credential.send(propelAuth);
      if (!canSend(transport, sent)) return;
      connection = await transport.open(sent);
    }
    const orgId = credential.orgId === undefined ? ACME_ID : credential.orgId;
    witness.take();
    const latest = propelAuth.calls.at(-1);
    const answer = await connection.call(rule, orgId);
    const { hasSeveralHandlers, credentials } = transport;
    const asked = credentials && namesAfter(propelAuth.calls, latest);
    const detail = { hasSeveralHandlers, asked };
    record(rule, outcomeOf(answer, witness.take(), credential.of ?? alice, detail));
  }
  await connection?.close?.();
}

function namesAfter<Call extends { readonly name: string }>(
  calls: readonly Call[],
  latest: Call | undefined,
): string[] {
  return calls
    .slice(latest === undefined ? 0 : calls.lastIndexOf(latest) + 1)
    .map(({ name }) => name);
}
