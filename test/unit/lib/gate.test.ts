import { Gate } from '../../../src/lib/gate';

const never = new AbortController().signal;

it('lets the next one in when a holder leaves, in order', async () => {
  const gate = new Gate(1);
  expect(gate.enter(1_000, never)).toBe(true);
  const order: number[] = [];
  const waits = [1, 2].map(async (number) => {
    await gate.enter(1_000, never);
    order.push(number);
    gate.leave();
  });
  gate.leave();
  await Promise.all(waits);
  expect(order).toEqual([1, 2]);
  expect(gate.isIdle).toBe(true);
});

it('sends away who has waited too long, and does not keep a place for it', async () => {
  const gate = new Gate(1);
  void gate.enter(1_000, never);
  await expect(gate.enter(1, never)).resolves.toBe(false);
  gate.leave();
  expect(gate.isIdle).toBe(true);
});

it('sends away whose signal fires', async () => {
  const gate = new Gate(1);
  void gate.enter(1_000, never);
  const leaving = new AbortController();
  const waiting = gate.enter(1_000, leaving.signal);
  leaving.abort();
  await expect(waiting).resolves.toBe(false);
});
