import { createQueue } from '../../../../src/platform/store/files/one-at-a-time';

const never = new Promise<void>(() => undefined);

it('runs one piece of work after the other, also after one that failed', async () => {
  const inTurn = createQueue();
  const order: string[] = [];
  const first = inTurn(async () => {
    await new Promise((resolve) => setImmediate(resolve));
    order.push('first');
    throw new Error('failed');
  });
  const second = inTurn(() => {
    order.push('second');
    return Promise.resolve(2);
  });
  await expect(first).rejects.toThrow('failed');
  await expect(second).resolves.toBe(2);
  expect(order).toEqual(['first', 'second']);
});

it('lets go at once of work whose signal fires while it waits, and never begins it', async () => {
  const inTurn = createQueue();
  void inTurn(() => never);
  const stopping = new AbortController();
  const work = jest.fn(() => Promise.resolve());
  const waiting = inTurn(work, stopping.signal);
  stopping.abort();
  await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
  await expect(inTurn(work, stopping.signal)).rejects.toMatchObject({ name: 'AbortError' });
  expect(work).not.toHaveBeenCalled();
});

it('leaves work that has begun to end by itself', async () => {
  const inTurn = createQueue();
  const stopping = new AbortController();
  const begun = inTurn(async () => {
    stopping.abort();
    await new Promise((resolve) => setImmediate(resolve));
    return 'ended';
  }, stopping.signal);
  await expect(begun).resolves.toBe('ended');
});
