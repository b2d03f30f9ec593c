import { backboneLimits } from '../../../src/state/backbone/backbone';
import type { Backbone } from '../../../src/state/backbone/backbone';
import { InProcessBackbones } from '../../../src/state/backbone/in-process-backbone';
import { FakeTime } from '../../support/fake-time';
import { ScriptedJobs } from '../../support/scripted-jobs';

let time: FakeTime;
let backbones: InProcessBackbones;
let replicas: ScriptedJobs[];
/** `one beats`, `one renews 2`, in the order in which they came. */
let calls: string[];

function replica(name: string): ScriptedJobs {
  const backbone = backbones.join();
  const recorded: Backbone = {
    ...backbone,
    beat: () => {
      calls.push(`${name} beats`);
      return backbone.beat();
    },
    renew: (leases) => {
      calls.push(`${name} renews ${String(leases.length)}`);
      return backbone.renew(leases);
    },
  };
  const made = new ScriptedJobs({ time, replica: name, backbone: recorded });
  replicas.push(made);
  return made;
}

beforeEach(() => {
  time = new FakeTime();
  backbones = new InProcessBackbones({ monotonicMs: time.monotonicMs, name: 'shared' });
  replicas = [];
  calls = [];
});
afterEach(async () => {
  await Promise.all(replicas.map(({ watchers }) => watchers.close()));
});

describe('leases that are held', () => {
  it('are kept by one call for all, and by nobody who holds none', async () => {
    const [one, other] = [replica('one'), replica('other')];
    const heard = ['j1', 'j2'].map((id) => one.listen(one.watch(id)));
    await time.advance(0);
    other.listen(other.watch('j1'));
    await time.advance(backboneLimits.renewMs + backboneLimits.beatMs);
    const everyBeat = new Array<string>(6).fill('one beats');
    expect(calls).toEqual(['one renews 2', ...everyBeat.slice(0, 5), 'one renews 2']);
    for (const { stream } of heard) await stream.return?.();
    await time.advance(0);
    calls = [];
    await time.advance(backboneLimits.beatMs);
    expect(calls).toEqual(['other renews 1']);
  });

  it('wake nobody in a process that shares nothing', async () => {
    const alone = new ScriptedJobs({ time });
    replicas.push(alone);
    for (let count = 0; count < 10; count += 1) alone.listen(alone.watch(`j${String(count)}`));
    await time.advance(60_000);
    // That of the next look.
    expect(time.timerCount).toBe(1);
  });
});
