import { InProcessBackbones } from '../../../src/state/backbone/in-process-backbone';
import { describeBackbone } from './backbone-suite';

describeBackbone('in one process', () => {
  let nowMs = 0;
  const backbones = new InProcessBackbones({ monotonicMs: () => nowMs, name: 'log' });
  return Promise.resolve({
    join: () => Promise.resolve(backbones.join()),
    pass: (ms: number) => {
      nowMs += ms;
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  });
});
