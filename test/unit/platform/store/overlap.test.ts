import { overlap } from '../../../../src/platform/store/membership/overlap';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Halves that write down when they begin and end; some fail. */
function recorded(failing: readonly string[] = []) {
  const seen: string[] = [];
  const half = (kind: string) => async (piece: number) => {
    const name = `${kind} ${piece}`;
    seen.push(name);
    // What fails does so first.
    if (failing.includes(name)) throw new Error(name);
    await turn();
    await turn();
    seen.push(`${name} done`);
  };
  return { seen, halves: { begin: half('begin'), end: half('end'), clear: half('clear') } };
}

it('begins each piece while the former one is ended, and clears one when neither half of any runs', async () => {
  const { seen, halves } = recorded();
  await overlap([1, 2], halves);
  expect(seen).toEqual([
    'begin 1',
    'begin 1 done',
    'begin 2',
    'end 1',
    'begin 2 done',
    'end 1 done',
    'clear 1',
    'clear 1 done',
    'end 2',
    'end 2 done',
    'clear 2',
    'clear 2 done',
  ]);
});

it.each([
  ['end 1', 'begin 2 done'],
  ['begin 2', 'end 1 done'],
])('throws what %s threw, after %s, and begins nothing more', async (failing, other) => {
  const { seen, halves } = recorded([failing]);
  await expect(overlap([1, 2, 3], halves)).rejects.toThrow(failing);
  expect(seen.at(-1)).toBe(other);
});

it('throws what failed first where both halves fail', async () => {
  const begin = async (piece: number): Promise<void> => {
    if (piece === 1) return;
    await turn();
    throw new Error('later');
  };
  const end = () => Promise.reject(new Error('sooner'));
  const clear = () => Promise.resolve();
  await expect(overlap([1, 2], { begin, end, clear })).rejects.toThrow('sooner');
});

it('does nothing where there is nothing', async () => {
  const { seen, halves } = recorded();
  await overlap([], halves);
  expect(seen).toEqual([]);
});
