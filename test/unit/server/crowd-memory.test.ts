import { CrowdMemory } from '../../../src/server/crowd-memory';
import { FakeTime } from '../../support/fake-time';

let time: FakeTime;
let collectedAtMs: number[];
let memory: CrowdMemory;
beforeEach(() => {
  time = new FakeTime();
  collectedAtMs = [];
  const beganMs = time.monotonicMs();
  memory = new CrowdMemory(time.timers, () => void collectedAtMs.push(time.monotonicMs() - beganMs));
});

const come = (count: number): void => {
  for (let one = 0; one < count; one += 1) memory.came();
};
const leave = (count: number): void => {
  for (let one = 0; one < count; one += 1) memory.left();
};

it('is collected twice for each crowd that leaves', async () => {
  come(5_000);
  leave(4_000);
  await time.advance(60_000);
  leave(1_000);
  await time.advance(60_000);
  expect(collectedAtMs).toEqual([5_000, 10_000, 65_000, 70_000]);
});

it('is left alone where those who were cut off come back', async () => {
  come(5_000);
  leave(5_000);
  await time.advance(2_000);
  come(5_000);
  await time.advance(60_000);
  expect(collectedAtMs).toEqual([]);
});

it.each([
  ['few leave', 900, 900],
  ['most stay', 5_000, 2_000],
])('is left alone where %s', async (_what, came, left) => {
  come(came);
  leave(left);
  await time.advance(60_000);
  expect(collectedAtMs).toEqual([]);
});

it('is not collected any more by a gateway that has closed', async () => {
  come(5_000);
  leave(5_000);
  memory.close();
  await time.advance(60_000);
  expect(collectedAtMs).toEqual([]);
});

it('is left to the engine where no collection is offered', () => {
  memory = new CrowdMemory(time.timers, undefined);
  come(5_000);
  leave(5_000);
  expect(time.timerCount).toBe(0);
});
