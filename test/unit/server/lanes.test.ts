import { parse } from 'graphql';
import type { ExecutionResult } from 'graphql';
import type { Caller } from '../../../src/datasources/caller';
import { createCaller } from '../../../src/datasources/caller';
import { Lanes } from '../../../src/server/lanes';
import { ada } from '../../support/fake-upstream';

const document = parse('subscription ($id: ID!) { segmentJobChanged(id: $id) { type } }');
const bob = createCaller({ ...ada, authorization: 'Bearer bobs-token' });
const variables = { id: 'j1' };

/** Executions that are counted, each with a result of its own. */
function createExecution(): {
  readonly count: () => number;
  readonly execute: () => Promise<ExecutionResult>;
} {
  let count = 0;
  return {
    count: () => count,
    execute: () => {
      count += 1;
      return Promise.resolve({ data: { count } });
    },
  };
}

function keyOf(caller: Caller, of: object = variables): Parameters<Lanes['join']>[0] {
  return { document, operationName: null, variables: of as Record<string, unknown>, callerKey: caller.key };
}

describe('lanes', () => {
  it('execute an event once for all who ask the same, whether at once or later', async () => {
    const lanes = new Lanes();
    const event = {};
    const { execute, count } = createExecution();
    const equal = [lanes.join(keyOf(ada)), lanes.join(keyOf(ada)), lanes.join(keyOf(ada))];
    const results = await Promise.all(equal.map(async (lane) => lane.resultOf(event, execute)));
    results.push(await lanes.join(keyOf(ada)).resultOf(event, execute));
    expect(new Set(results).size).toBe(1);
    expect(count()).toBe(1);
  });

  it.each([
    ['another caller', keyOf(bob)],
    ['other variables', keyOf(ada, { id: 'j2' })],
    ['another operation of the document', { ...keyOf(ada), operationName: 'Second' }],
    ['another document', { ...keyOf(ada), document: parse('subscription { jobsChanged { type } }') }],
  ])('never share with %s', async (_who, key) => {
    const lanes = new Lanes();
    const event = {};
    const { execute, count } = createExecution();
    const first = await lanes.join(keyOf(ada)).resultOf(event, execute);
    expect(await lanes.join(key).resultOf(event, execute)).not.toBe(first);
    expect(count()).toBe(2);
  });

  it('end with the last who leaves, and not before', () => {
    const lanes = new Lanes();
    const lane = lanes.join(keyOf(ada));
    expect(lanes.join(keyOf(ada))).toBe(lane);
    lane.leave();
    expect(lane.signal.aborted).toBe(false);
    lane.leave();
    expect(lane.signal.aborted).toBe(true);
    expect(lanes.join(keyOf(ada)).signal.aborted).toBe(false);
  });

  it('hold nothing for those who have left, also of what was still being executed', async () => {
    const lanes = new Lanes();
    const lane = lanes.join(keyOf(ada));
    await lane.resultOf({}, createExecution().execute);
    expect(lanes.heldCount).toBe(1);
    const late = lane.resultOf({}, createExecution().execute);
    lane.leave();
    await late;
    expect(lanes.heldCount).toBe(0);
  });

  it('give up the oldest results where all together are too long', async () => {
    const lanes = new Lanes(1_000);
    const lane = lanes.join(keyOf(ada));
    const events = Array.from({ length: 20 }, () => ({}));
    const { execute, count } = createExecution();
    for (const event of events) await lane.resultOf(event, execute);
    expect(lanes.heldCount).toBeLessThan(6);
    const [oldest = {}] = events;
    await lane.resultOf(events.at(-1) ?? {}, execute);
    expect(count()).toBe(20);
    await lane.resultOf(oldest, execute);
    expect(count()).toBe(21);
  });

  it('execute anew where an execution threw', async () => {
    const lane = new Lanes().join(keyOf(ada));
    const event = {};
    await expect(lane.resultOf(event, () => Promise.reject(new Error('ours')))).rejects.toThrow('ours');
    expect(await lane.resultOf(event, createExecution().execute)).toEqual({ data: { count: 1 } });
  });
});
