import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { Kind, OperationTypeNode, parse } from 'graphql';
import { createClient } from 'graphql-ws';
import { getMetadataStorage } from 'type-graphql';
import { WebSocket } from 'ws';
import type { AllowedHost } from '../../../src/lib/allowed-host';
import { buildGatewaySchema } from '../../../src/server/schema';
import type { GatewayState } from '../../../src/state/open-gateway-state';
import { newRun } from '../../support/audience-run-records';
import { openTemporaryState } from '../../support/temporary-state';
import { answerForMany } from '../../support/many-things';
import type { ManyThings } from '../../support/many-things-catalog';
import { readDocument } from '../../support/markdown';
import { startGateway } from '../../support/started-gateway';
import type { StartedGateway } from '../../support/started-gateway';
import { edgeCosts, operationCosts } from './costs';
import type { Cost } from './costs';

let started: StartedGateway;
let things: ManyThings;
let state: GatewayState;

beforeAll(async () => {
  things = { count: 1, url: '', parquet: await writeParquet() };
  const hosts: AllowedHost[] = [];
  state = await openTemporaryState();
  for (const count of [1, 50]) await keepRuns(count);
  started = await startGateway((call) => answerForMany(call, things), {
    templateHosts: hosts,
    state,
  });
  const { url } = started.upstream;
  things = { ...things, url };
  hosts.push({ hostname: '127.0.0.1', port: Number(new URL(url).port) });
});

afterAll(async () => {
  await started.close();
  await state.close();
});

/** Runs that are kept for an org: as many as there is of everything. */
const orgOf = (count: number): string => `MANY${String(count)}@AdobeOrg`;

async function keepRuns(count: number): Promise<void> {
  for (let number = 0; number < count; number += 1) {
    const run = newRun({
      id: `run-${String(count)}-${String(number)}`,
      orgId: orgOf(count),
      status: 'SUCCEEDED',
      step: 'DONE',
      segmentJob: { kind: 'made', id: `j${String(number)}`, hasEnded: true },
      dataset: { kind: 'given', id: `d${String(number)}` },
      exportJob: { kind: 'made', id: String(1_000 + number), hasEnded: true },
    });
    await state.audienceRuns.insert({ ...run, plan: { ...run.plan, segmentIds: [`s${String(number)}`] } });
  }
}

async function writeParquet(): Promise<Buffer> {
  const directory = await mkdtemp(join(tmpdir(), 'costs-'));
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const path = join(directory, 'file.parquet');
  await connection.run(`COPY (SELECT i AS id FROM range(5) AS numbers(i)) TO '${path}' (FORMAT parquet)`);
  connection.closeSync();
  instance.closeSync();
  const bytes = await readFile(path);
  await rm(directory, { recursive: true });
  return bytes;
}

/** What an operation asked of the upstream, each call once with its number, in the order in which they began. */
async function callsOf(cost: Cost, count: number): Promise<string> {
  things = { ...things, count };
  // A caller of its own, so that nothing which is remembered of another one counts.
  const authorization = `Bearer ${cost.field}-${String(count)}`;
  const headers = { authorization, 'x-gw-ims-org-id': orgOf(count) };
  const text = cost.ask(count);
  started.upstream.calls.splice(0);
  const isSubscription = parse(text).definitions.some(
    (each) => each.kind === Kind.OPERATION_DEFINITION && each.operation === OperationTypeNode.SUBSCRIPTION,
  );
  if (isSubscription) await subscribe(text, headers, cost);
  else {
    const answer = (await (await started.post({ query: text }, headers)).json()) as { errors?: unknown };
    expect(answer.errors).toBeUndefined();
  }
  const lines = started.upstream
    .linesOf((call) => call.headers.authorization === authorization || call.path.startsWith('/destination'))
    .map(withoutIds);
  const asked = cost.goesOn === true ? lines.slice(0, cost.calls.split(' + ').length) : lines;
  return summaryOf(asked);
}

async function subscribe(
  query: string,
  headers: Readonly<Record<string, string>>,
  { calls, neverEnds }: Cost,
): Promise<void> {
  const url = `${started.gateway.url.replace('http', 'ws')}/graphql`;
  const client = createClient({ url, webSocketImpl: WebSocket, connectionParams: headers, retryAttempts: 0 });
  try {
    const stream = client.iterate({ query });
    if (neverEnds === true) {
      const first = stream.next();
      const asked = (): number => started.upstream.calls.length;
      await until(() => asked() === calls.split(' + ').length);
      await stream.return?.();
      await first;
      return;
    }
    // Some end with an error, for there is no such thing; what it cost to find that out counts all the same.
    for (let next = await stream.next(); next.done !== true; next = await stream.next())
      expect(next).toBeDefined();
  } catch (error) {
    expect(error).toBeInstanceOf(Array);
  } finally {
    await client.dispose();
  }
}

async function until(condition: () => boolean): Promise<void> {
  for (let turn = 0; !condition(); turn += 1) {
    if (turn > 2_000) throw new Error('It did not come to that');
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

function summaryOf(lines: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1);
  const parts = [...counts].map(([line, times]) => (times === 1 ? line : `${String(times)} × ${line}`));
  return parts.length === 0 ? 'none' : parts.join(' + ');
}

function withoutIds(line: string): string {
  return line
    .replace('/authoring/v1', '')
    .replace(/^(POST) \/destination.*/, '$1 /destination')
    .replace(/\/[a-z]?\d+(-1)?(?=\/|$)/g, '/{id}')
    .replace(/\/[a-z]\d+(,[a-z]\d+)+$/, '/{id},{id}…');
}

describe.each([...operationCosts, ...edgeCosts].map((cost) => [cost.field, cost] as const))(
  '%s',
  (_field, cost) => {
    it(`costs ${cost.calls}`, async () => {
      expect(await callsOf(cost, 1)).toBe(cost.calls);
    });

    it('costs no more for fifty, but what the table says', async () => {
      expect(await callsOf(cost, 50)).toBe(cost.callsForMany ?? cost.calls);
    });
  },
);

describe('the table of costs', () => {
  it('has every operation of the schema', () => {
    const schema = buildGatewaySchema();
    const fields = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].flatMap(
      (type) => Object.keys(type?.getFields() ?? {}).map((field) => `${type?.name ?? ''}.${field}`),
    );
    const ours = fields.filter((field) => !/^Query\._/.test(field));
    expect(operationCosts.map(({ field }) => field).toSorted()).toEqual(ours.toSorted());
  });

  it('has every field that is read when it is asked for', () => {
    buildGatewaySchema();
    const { fieldResolvers, objectTypes } = getMetadataStorage();
    const nameOf = new Map(objectTypes.map(({ target, name }) => [target, name]));
    const fields = fieldResolvers
      .filter(({ kind }) => kind === 'external')
      .map((resolver) => {
        const type = resolver.getObjectType?.();
        return `${(type && nameOf.get(type)) ?? '?'}.${resolver.schemaName ?? resolver.methodName}`;
      });
    expect(edgeCosts.map(({ field }) => field).toSorted()).toEqual(fields.toSorted());
  });

  it('stands in docs/costs.md', () => {
    const rows = readDocument('docs/costs.md')
      .split('\n')
      .filter((line) => line.startsWith('| `'))
      .map((line) => line.split('|').map((cell) => cell.trim().replaceAll('`', '')))
      .map(([, field, calls, callsForMany]) => ({ field, calls, callsForMany }));
    const expected = [...operationCosts, ...edgeCosts].map(({ field, calls, callsForMany = 'the same' }) => ({
      field,
      calls,
      callsForMany,
    }));
    expect(rows).toEqual(expected);
  });
});
