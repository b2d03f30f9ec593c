import { startProgress } from '../../../src/cli/progress';

function collect(isTTY: boolean) {
  const written: string[] = [];
  return { output: { isTTY, write: (text: string) => written.push(text) }, written };
}

describe('startProgress', () => {
  it('moves a bar in place on a terminal', () => {
    const { output, written } = collect(true);
    const line = startProgress(output, 'loading');
    line.update(0.5, 'half');
    line.done('finished');
    expect(written[0]).toMatch(/^\r {2}loading \[#{12}\.{12}\] {2}50 % half/);
    expect(written.at(-1)).toBe('\n');
  });

  it('covers a longer line with a shorter one', () => {
    const { output, written } = collect(true);
    const line = startProgress(output, 'loading');
    line.update(0.5, 'a long detail');
    line.update(0.6, 'short');
    expect(written[1]?.length).toBe(written[0]?.length);
  });

  it('writes one line for each tenth where lines are kept', () => {
    const { output, written } = collect(false);
    const line = startProgress(output, 'loading');
    for (let step = 0; step <= 100; step++) line.update(step / 100);
    line.done('finished');
    expect(written).toHaveLength(12);
    expect(written.every((text) => text.endsWith('\n') && !text.includes('\r'))).toBe(true);
  });

  it('does not fill a log while the end is unknown', () => {
    const { output, written } = collect(false);
    const line = startProgress(output, 'reading');
    line.update(null, '10 rows');
    line.update(null, '20 rows');
    line.done('30 rows');
    expect(written).toEqual(['  reading 30 rows\n']);
  });
});
