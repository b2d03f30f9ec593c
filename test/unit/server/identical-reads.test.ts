import { pino } from 'pino';
import { startGateway } from '../../support/started-gateway';
import type { Reply, SeenCall } from '../../support/fake-upstream';

const job = {
  id: 'j1',
  status: 'SUCCEEDED',
  segments: [{ segmentId: 's1' }],
  creationTime: 1_700_000_000_000,
  updateTime: 1_700_000_000_000,
};
const query = '{ segmentJob(id: "j1") { id status } }';
const adas = { authorization: 'Bearer a', 'x-api-key': 'k', 'x-gw-ims-org-id': 'ADA@AdobeOrg' };

/** Answers wait until they are let go, so that what is asked meanwhile is in flight together. */
async function startHeld() {
  const held: (() => void)[] = [];
  const joined: string[] = [];
  let isOpen = false;
  const reply = ({ method }: SeenCall): Reply => ({
    raw: (response) => {
      const answer = (): void => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(method === 'DELETE' ? '' : JSON.stringify(job));
      };
      if (isOpen || method === 'DELETE') answer();
      else held.push(answer);
    },
  });
  const write = (line: string): void => void (line.includes('answeredBy') && joined.push(line));
  const started = await startGateway(reply, { log: pino({ level: 'debug' }, { write }) });
  const letGo = (): void => {
    isOpen = true;
    for (const answer of held) answer();
  };
  return { started, letGo, joined, arrived: () => started.upstream.calls.length };
}

async function until(condition: () => boolean): Promise<void> {
  for (let turn = 0; !condition(); turn += 1) {
    if (turn > 2_000) throw new Error('it did not come to that');
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

describe('identical reads in flight', () => {
  let held: Awaited<ReturnType<typeof startHeld>>;
  const ask = async (headers: Readonly<Record<string, string>> = adas): Promise<unknown> =>
    (await held.started.post({ query }, headers)).json();
  /** Turns of the loop in which a request that costs no call has certainly been answered. */
  const settle = async (): Promise<void> => {
    await (await held.started.post({ query: '{ __typename }' }, adas)).json();
  };

  beforeEach(async () => {
    held = await startHeld();
  });

  afterEach(() => held.started.close());

  it('of one caller are one upstream call, also from several requests', async () => {
    const answers = Array.from({ length: 10 }, () => ask());
    await until(() => held.joined.length === 9 || held.arrived() > 1);
    held.letGo();
    for (const answer of await Promise.all(answers))
      expect(answer).toEqual({ data: { segmentJob: { id: 'j1', status: 'SUCCEEDED' } } });
    expect(held.started.upstream.lines()).toEqual(['GET /segment/jobs/j1']);
  });

  it.each([
    ['authorization', 'Bearer b'],
    ['x-api-key', 'other'],
    ['x-gw-ims-org-id', 'BOB@AdobeOrg'],
    ['x-sandbox-name', 'other'],
  ])('of callers who differ in %s are a call each', async (name, value) => {
    const answers = [ask(), ask({ ...adas, [name]: value })];
    await until(() => held.arrived() === 2);
    held.letGo();
    await Promise.all(answers);
    expect(held.arrived()).toBe(2);
  });

  it('are not joined after a write of the org that began later', async () => {
    const before = ask();
    await until(() => held.arrived() === 1);
    const query = 'mutation { deleteSegment(id: "s1") { deletedId } }';
    await (await held.started.post({ query }, adas)).json();
    const after = ask();
    await until(() => held.arrived() === 3);
    held.letGo();
    await Promise.all([before, after]);
    expect(held.started.upstream.lines()).toEqual([
      'GET /segment/jobs/j1',
      'DELETE /segment/definitions/s1',
      'GET /segment/jobs/j1',
    ]);
  });

  it('outlive the one who asked first', async () => {
    const leaving = new AbortController();
    const first = fetch(`${held.started.gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...adas },
      body: JSON.stringify({ query }),
      signal: leaving.signal,
    }).catch(() => null);
    await until(() => held.arrived() === 1);
    const second = ask();
    await until(() => held.joined.length === 1);
    leaving.abort();
    await first;
    await settle();
    held.letGo();
    expect(await second).toEqual({ data: { segmentJob: { id: 'j1', status: 'SUCCEEDED' } } });
    expect(held.arrived()).toBe(1);
  });
});
