import type { Backbone } from '../../src/state/backbone/backbone';
import { describeBackbone } from '../conformance/backbone/backbone-suite';
import { BackboneLine } from './backbone-line';
import { BackboneNetwork } from './backbone-network';
import { EventLoop } from './event-loop';
import { makePlan } from './make-plan';
import { Trace } from './trace';
import { VirtualTime } from './virtual-time';

/** The model is held to what the real ones are held to. */
describeBackbone('of the simulation', () => {
  const time = new VirtualTime();
  const plan = makePlan(1, { hasFaults: false });
  const network = new BackboneNetwork({ plan, time, trace: new Trace(time, 10) });
  const fail = (words: string): void => {
    throw new Error(words);
  };
  let isOver = false;
  let wantedMs = 0;
  const live = async (): Promise<void> => {
    while (!isOver) {
      const stepMs = 1 + wantedMs;
      wantedMs = 0;
      await time.advanceTo(time.nowMs + stepMs);
    }
  };
  const life = live();
  let joined = 0;
  const join = (): Promise<Backbone> => {
    const name = `r${String((joined += 1))}`;
    const loop = new EventLoop(time, fail);
    return Promise.resolve(new BackboneLine({ replica: name, name, network, loop, time }));
  };
  return Promise.resolve({
    join,
    pass: (ms) =>
      new Promise((resolve) => {
        wantedMs = ms;
        time.schedule(ms, resolve);
      }),
    close: async () => {
      isOver = true;
      await life;
    },
  });
});
