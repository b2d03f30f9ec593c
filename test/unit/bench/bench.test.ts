import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allCases } from '../../../bench/cases/all-cases';
import type { DataSet } from '../../../bench/data-set';
import { prepareDataSet } from '../../../bench/data-set';
import { report } from '../../../bench/report';
import { mixedRules } from '../../../bench/rules';

const size = { profiles: 300, eventsPerProfile: 10, isSkewed: true, seed: 7 };

describe('the bench', () => {
  let cache: string;
  let dataSet: DataSet;
  const lines: string[] = [];
  const log = (line: string): void => void lines.push(line);
  beforeAll(async () => {
    cache = mkdtempSync(join(tmpdir(), 'audience-bench-test-'));
    dataSet = await prepareDataSet(size, { cache, log });
  });
  afterAll(() => rmSync(cache, { recursive: true, force: true }));

  it('uses a data set again, and says where it is', async () => {
    expect(await prepareDataSet(size, { cache, log })).toEqual(dataSet);
    expect(lines.at(-1)).toContain(dataSet.folder);
  });

  it('asks no rule twice, however many there are', () => {
    expect(new Set(mixedRules(500).map(({ pql }) => pql)).size).toBe(500);
  });

  // A case throws where its contenders do not say the same. What only weighs memory has nothing to compare.
  it.each(allCases.filter(({ name }) => !name.startsWith('memory')))(
    'finds that all contenders of "$title" agree, and times them',
    async (one) => {
      const outcome = await one.run({ dataSet, rounds: 1 });
      expect(outcome.comparisons.length).toBeGreaterThan(0);
      for (const { ratio } of outcome.comparisons) expect(ratio).toBeGreaterThan(0);
      expect(report(size, [{ title: one.title, outcome, peakMemoryMb: 1 }])).toContain(`| ${one.title} |`);
    },
  );
});
