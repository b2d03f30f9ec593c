import pino from 'pino';
import { canaries, canarySong } from '../../fixtures/canaries';
import type { Reply } from '../../support/fake-upstream';
import { startGateway } from '../../support/started-gateway';
import type { StartedGateway } from '../../support/started-gateway';

let reply: Reply = { json: null };
let started: StartedGateway;
const lines: string[] = [];

beforeAll(async () => {
  // No time and no pid: their figures may spell a canary's.
  const quiet = { level: 'debug', base: null, timestamp: false };
  const log = pino(quiet, { write: (line: string) => lines.push(line) });
  started = await startGateway(() => reply, { log });
});
afterAll(() => started.close());

const createsSegment =
  'mutation { createSegment(input: { name: "n", expression: { text: "homeAddress.country = \\"US\\"" } }) { userErrors { code message hint } } }';
const readsJob = '{ segmentJob(id: "j1") { status rawStatus requestId errors { code message hint } } }';

async function answerTo(query: string, given: Reply): Promise<string> {
  reply = given;
  lines.length = 0;
  const text = await (await started.post({ query }, { 'x-request-id': 'asked' })).text();
  expect(lines.length).toBeGreaterThan(0);
  return text;
}

const job = { id: 'j1', status: 'FAILED', segments: [], creationTime: 1, updateTime: 1 };

describe.each(canaries)('of %j nothing comes out', (words) => {
  const body = { title: words, detail: words, message: words, error_code: words, requestId: words };
  const listed = {
    title: words,
    errors: { 400: [{ code: words, message: words }] },
    type: `http://x/${words}`,
  };

  it.each([
    ['a refusal', 400, body],
    ['a refusal that lists complaints', 422, listed],
    ['a failure', 500, body],
    ['an outage', 503, listed],
  ])('of %s', async (_door, status, json) => {
    const text = await answerTo(createsSegment, { status, json });
    expect(text).toMatch(/UPSTREAM|NAME_TAKEN/);
    expect(text + lines.join('')).not.toMatch(canarySong);
  });

  it('of an error of a job', async () => {
    const json = {
      ...job,
      status: words,
      requestId: words,
      errors: [{ code: words, msg: words, callStack: words }],
    };
    const text = await answerTo(readsJob, { json });
    expect(text).toContain('"rawStatus":"UNKNOWN"');
    expect(text + lines.join('')).not.toMatch(canarySong);
  });
});

it('a failure tells nothing of its words, however plain they are', async () => {
  const text = await answerTo(readsJob, {
    status: 503,
    json: { title: 'We are down', error_code: '503001' },
  });
  expect(text).not.toContain('We are down');
  expect(text).toContain('"errorCode":"503001","title":null');
});

it('a refusal that is not shown stands in the log, with what is not plain hidden', async () => {
  await answerTo(createsSegment, { status: 400, json: { message: 'No access to bucket canary-7 for now' } });
  expect(lines.join('')).toContain(
    'The upstream said: No access to bucket […] for now'.replace('bucket', '[…]').replace('[…] […]', '[…]'),
  );
});

it('an id that was sent may stand in what is shown', async () => {
  const text = await answerTo(readsJob, { status: 400, json: { message: 'The job j1 is not yours.' } });
  expect(text).toContain('The job j1 is not yours.');
});
