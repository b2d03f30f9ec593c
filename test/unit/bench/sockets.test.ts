import { startInProcess } from '../../../bench/sockets/part';
import { measureSockets, roles, socketReport } from '../../../bench/sockets/run';

const size = { sockets: 40, seconds: 1, rounds: 1, warmUpRounds: 1, idleMs: 20, staleMs: 20, settleMs: 20 };

describe('the bench of sockets', () => {
  // Each scenario throws where a client does not hear what it should.
  it.each([
    ['one-job', 'come back at once'],
    ['many-each', 'on each socket'],
    ['all-jobs', 'changes at once to all'],
    ['many-jobs', 'pushes a second'],
  ])('plays %s, and tells what it measured', async (name, said) => {
    const log: string[] = [];
    const rows = await measureSockets(size, {
      start: (role, args) => startInProcess(roles[role], args),
      only: [name],
      log: (line) => void log.push(line),
    });
    expect(log).toEqual([`- ${name} …`]);
    expect(rows.map(({ what }) => what).join()).toContain(said);
    expect(socketReport(rows)).toMatch(/Node .*; load .*\n\n\| what \|/);
  });
});
