import { SendLine } from '../../../src/server/send-line';
import type { InLine } from '../../../src/server/send-line';

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function sender(number: number, sent: number[]): InLine {
  return { isInLine: false, turn: () => void sent.push(number) };
}

describe('the line of those who have something to send', () => {
  it('keeps their order, and lets the process do other things behind the first, and between 500 and 500', async () => {
    const sent: number[] = [];
    const line = new SendLine(() => undefined);
    for (let number = 0; number < 1_200; number += 1) line.add(sender(number, sent));
    const lengths: number[] = [];
    await Promise.resolve();
    lengths.push(sent.length);
    while (sent.length < 1_200) {
      await nextTurn();
      lengths.push(sent.length);
    }
    expect(lengths).toEqual([1, 501, 1_001, 1_200]);
    expect(sent).toEqual(sent.toSorted((one, other) => one - other));
  });

  it('has nobody twice, and takes one again who has had his turn', async () => {
    const sent: number[] = [];
    const line = new SendLine(() => undefined);
    const one = sender(1, sent);
    line.add(one);
    line.add(one);
    await Promise.resolve();
    expect(sent).toEqual([1]);
    line.add(one);
    await Promise.resolve();
    expect(sent).toEqual([1, 1]);
  });

  it('goes on behind one whose turn fails', async () => {
    const sent: number[] = [];
    const failures: unknown[] = [];
    const line = new SendLine((error) => failures.push(error));
    const broken = new Error('broken');
    line.add({
      isInLine: false,
      turn: () => {
        throw broken;
      },
    });
    line.add(sender(2, sent));
    await Promise.resolve();
    await nextTurn();
    expect(failures).toEqual([broken]);
    expect(sent).toEqual([2]);
  });
});
