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
  const halves = { begin: half('begin'), know: half('know'), end: half('end'), clear: half('clear') };
  return { seen, halves };
}

it('begins each piece while the former one is ended and what it needs itself is worked out, and clears one when nothing runs', async () => {
  const { seen, halves } = recorded();
  await overlap([1, 2], halves);
  expect(seen).toEqual([
    'begin 1',
    'know 1',
    'begin 1 done',
    'know 1 done',
    'end 1',
    'begin 2',
    'end 1 done',
    'know 2',
    'begin 2 done',
    'know 2 done',
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
  ['begin 2', 'know 2 done'],
])('throws what %s threw, after %s, and begins no other piece', async (failing, other) => {
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
  await expect(overlap([1, 2], { begin, know: clear, end, clear })).rejects.toThrow('sooner');
});

it('gives to the end of a piece what was worked out for it', async () => {
  const given: string[] = [];
  const nothing = (): Promise<void> => Promise.resolve();
  await overlap([1, 2], {
    begin: nothing,
    know: (piece) => Promise.resolve(`known of ${piece}`),
    end: async (piece, known) => {
      await turn();
      given.push(`${piece}: ${known}`);
    },
    clear: nothing,
  });
  expect(given).toEqual(['1: known of 1', '2: known of 2']);
});

it('does nothing where there is nothing', async () => {
  const { seen, halves } = recorded();
  await overlap([], halves);
  expect(seen).toEqual([]);
});
