import { ScriptedJobs } from '../../support/scripted-jobs';
import type { Heard } from '../../support/scripted-jobs';

let jobs: ScriptedJobs;
let elsewhere: ScriptedJobs;
beforeEach(() => {
  jobs = new ScriptedJobs({ replica: 'one' });
  elsewhere = new ScriptedJobs({ time: jobs.time, now: jobs.now, replica: 'other' });
});
afterEach(async () => {
  await jobs.watchers.close();
  await elsewhere.watchers.close();
});

async function hearToTheEnd(): Promise<string> {
  const heard = jobs.listen(jobs.watch('j1'));
  await jobs.time.advance(0);
  jobs.now.set('j1', 'SUCCEEDED');
  await jobs.time.advance(300);
  expect(heard.words).toEqual(['SNAPSHOT NEW', 'TERMINAL NEW>SUCCEEDED']);
  return heard.changes[1]?.cursor ?? '';
}

async function comeBack(to: ScriptedJobs, after: string): Promise<Heard> {
  const heard = to.listen(to.watch('j1', { after }));
  await to.time.advance(10_000);
  return heard;
}

describe('who comes behind the cursor of a TERMINAL', () => {
  it.each(['the same replica', 'another one without a backbone'])(
    'hears it marked again from %s',
    async (where) => {
      const after = await hearToTheEnd();
      const heard = await comeBack(where === 'the same replica' ? jobs : elsewhere, after);
      expect(heard.words).toEqual([expect.stringMatching(/^TERMINAL .*SUCCEEDED again$/)]);
      expect(heard.isDone).toBe(true);
    },
  );

  it('hears it marked again where the upstream at first shows what was before', async () => {
    const after = await hearToTheEnd();
    jobs.now.set('j1', 'PROCESSING');
    const heard = await comeBack(elsewhere, after);
    jobs.now.set('j1', 'SUCCEEDED');
    await jobs.time.advance(10_000);
    expect(heard.words).toEqual([expect.stringMatching(/^TERMINAL .*SUCCEEDED again$/)]);
    expect(heard.isDone).toBe(true);
  });

  it('hears it marked again where others listen there', async () => {
    const other = elsewhere.listen(elsewhere.watch('j1'));
    await elsewhere.time.advance(0);
    const after = await hearToTheEnd();
    jobs.now.set('j1', 'PROCESSING');
    const heard = await comeBack(elsewhere, after);
    jobs.now.set('j1', 'SUCCEEDED');
    await jobs.time.advance(10_000);
    expect(heard.words).toEqual([expect.stringMatching(/^TERMINAL .*SUCCEEDED again$/)]);
    expect(other.words.at(-1)).toMatch(/^TERMINAL .*SUCCEEDED$/);
  });
});
