import type { FakeUpstream, Reply, SeenCall } from '../../../support/fake-upstream';
import { runCli } from '../../../support/run-cli';
import type { StartedGateway } from '../../../support/started-gateway';
import { startGateway } from '../../../support/started-gateway';

let started: StartedGateway;
let upstream: FakeUpstream;
let answer: (call: SeenCall) => Reply | undefined;
beforeAll(async () => {
  started = await startGateway((call) => answer(call));
  upstream = started.upstream;
});
afterAll(() => started.close());
beforeEach(() => {
  upstream.calls.length = 0;
  answer = () => undefined;
});

const run = (line: string, more: Parameters<typeof runCli>[1] = {}) =>
  runCli(line.split(' '), { env: { AUDIENCE_URL: started.gateway.url }, ...more });
const job = (status: string, id = 'j1') => ({
  id,
  status,
  segments: [{ segmentId: 's1' }],
  creationTime: 1e12,
  updateTime: 1e12,
  errors: status === 'FAILED' ? [{ code: '0090000009', msg: 'Disk gone' }] : [],
});
const segments = (count: number, from = 0) =>
  Array.from({ length: count }, (_none, index) => ({
    id: `s${from + index}`,
    name: `Segment ${from + index}`,
    schema: { name: '_xdm.context.profile' },
    expression: { type: 'PQL', format: 'pql/text', value: 'x = 1' },
  }));
const refuse = (status: number, message: string): Reply => ({
  status,
  json: { error_code: `${status}025`, message },
});

describe('the exit code', () => {
  test.each([
    [0, 'SUCCEEDED'],
    [1, 'FAILED'],
    [3, 'CANCELLED'],
  ])('is %i for a job that is %s', async (code, status) => {
    const id = `ends-${status.toLowerCase()}`;
    answer = ({ path }) => (path.endsWith(`/segment/jobs/${id}`) ? { json: job(status, id) } : undefined);
    const { exitCode, stderr, stdout } = await run(`job watch ${id} --kind segment`);
    expect({ exitCode, stdout: stdout.includes(status) }).toEqual({ exitCode: code, stdout: true });
    expect(stderr).toContain(status);
    if (status === 'FAILED') expect(stderr).toContain('Disk gone');
  });

  test('is 4 where a job outlasts --timeout', async () => {
    answer = ({ path }) =>
      path.endsWith('/segment/jobs/long') ? { json: job('PROCESSING', 'long') } : undefined;
    expect(await run('job watch long --timeout 1s')).toMatchObject({ exitCode: 4, stdout: '' });
  });

  test('is 4 where a run outlasts --timeout', async () => {
    const running = { ...job('PROCESSING', 'endless'), creationTime: Date.now() };
    answer = ({ method, path }) => {
      if (path.endsWith('/segment/definitions')) return { json: { segments: segments(1) } };
      if (path.endsWith('/segment/definitions/s0')) return { json: segments(1)[0] };
      if (path.endsWith('/segment/jobs/endless')) return { json: running };
      if (path.endsWith('/segment/jobs')) return { json: method === 'POST' ? running : { children: [] } };
      return path.endsWith('/dataSets') ? { json: {} } : undefined;
    };
    const line = 'run start --segment s0 --new-dataset Members --watch --timeout 1s';
    const { exitCode, stdout, stderr } = await run(line);
    expect({ exitCode, stdout }).toEqual({ exitCode: 4, stdout: '' });
    expect(stderr).toContain('WAIT_TIMEOUT');
  });

  test('is 2 for a cron that is none, which is explained all the same', async () => {
    const asked = ['schedule', 'explain', '0 0 1 * *'];
    const { exitCode, stdout } = await runCli(asked, { env: { AUDIENCE_URL: started.gateway.url } });
    expect({ exitCode, isExplained: stdout.includes('false') }).toEqual({ exitCode: 2, isExplained: true });
    const [noun = '', verb = ''] = asked;
    const sound = await runCli([noun, verb, '0 0 1 * * ?'], { env: { AUDIENCE_URL: started.gateway.url } });
    expect(sound.exitCode).toBe(0);
  });

  test.each([
    ['an unknown verb', 'segment lst'],
    ['an unknown noun', 'sgement list'],
    ['an option that is missing', 'segment create --pql true'],
    ['an option that is malformed', 'segment list --limit 0'],
    ['an id that names nothing', 'segment get nothing'],
    ['a job that is none', 'job get nothing'],
    ['a malformed URL', 'segment list --url ftp://x'],
    ['a malformed org', 'segment list --org x'],
    ['neither segments nor all of them', 'job create'],
    ['a template verb that there is not', 'template render t make'],
    ['JSON that is none', 'template create --input {'],
  ])('is 2 for %s', async (_what, line) => {
    const { exitCode, stderr } = await run(line);
    expect(exitCode).toBe(2);
    expect(stderr).not.toBe('');
  });

  test.each([
    [5, refuse(401, 'Oauth token is not valid')],
    [5, refuse(403, 'Profile is not valid')],
    [6, refuse(503, 'Later')],
    [6, { raw: (response: { destroy(): void }) => void response.destroy() }],
  ])('is %i where the upstream answers so', async (code, reply) => {
    answer = () => reply;
    const { exitCode, stderr } = await run('segment list');
    expect(exitCode).toBe(code);
    expect(stderr).toMatch(/^audience: [A-Z_]+: [\s\S]*request id: /);
  });

  test('is 6 where there is no gateway', async () => {
    const { exitCode, stderr } = await run('segment list --url http://127.0.0.1:9');
    expect(exitCode).toBe(6);
    expect(stderr).toContain('audience doctor');
  });

  test('is 130 for Ctrl-C', async () => {
    answer = ({ path }) =>
      path.endsWith('/segment/jobs/left') ? { json: job('PROCESSING', 'left') } : undefined;
    const stopping = new AbortController();
    const running = run('job watch left', { signal: stopping.signal });
    setTimeout(() => stopping.abort(), 300);
    expect(await running).toMatchObject({ exitCode: 130, stdout: '' });
  });
});

describe('a list', () => {
  const list = (count: number) => {
    answer = ({ query }) => {
      const start = Number(query.get('start') ?? query.get('page') ?? 0);
      const limit = Number(query.get('limit') ?? 100);
      const page = segments(Math.max(0, Math.min(limit, count - start)), start);
      return { json: { segments: page, page: { totalCount: count, pageSize: page.length }, link: {} } };
    };
  };

  test('is a table with a head, and says that there are more', async () => {
    list(25);
    const { stdout, stderr } = await run('segment list');
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^ID {3,}NAME +/);
    expect(lines).toHaveLength(21);
    expect(stderr).toContain('--all');
  });

  test('is an array, or a line for each', async () => {
    list(3);
    expect(JSON.parse((await run('segment list -o json')).stdout)).toHaveLength(3);
    const { stdout, stderr } = await run('segment list -o jsonl');
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => (JSON.parse(line) as { id: string }).id),
    ).toEqual(['s0', 's1', 's2']);
    expect(stderr).toBe('');
  });

  test('shows nothing that could move the cursor', async () => {
    answer = () => ({
      json: {
        segments: [{ ...segments(1)[0], name: 'a\u001b[2J\u202Eb' }],
        page: { totalCount: 1 },
        link: {},
      },
    });
    expect((await run('segment list')).stdout).toContain('a [2J b');
  });
});

test('a field that fails alone is a note beside the rest', async () => {
  answer = ({ path }) =>
    path.endsWith('/segment/definitions/s0') ? { json: segments(1)[0] } : refuse(403, 'No jobs for you');
  const { exitCode, stdout, stderr } = await run('segment get s0');
  expect({ exitCode, stdout: stdout.includes('Segment 0') }).toEqual({ exitCode: 0, stdout: true });
  expect(stderr).toMatch(/result\.audience: FORBIDDEN/);
});

describe('what the user can mend', () => {
  test('of a rule is shown with carets below its place', async () => {
    const args = ['segment', 'create', '--name', 'x', '--pql', 'homeAddress.countryISO = = "FR"'];
    const { exitCode, stderr } = await runCli(args, { env: { AUDIENCE_URL: started.gateway.url } });
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(
      /^audience: INVALID_PQL:\n {2}ERROR 1:26 .*\n {4}homeAddress.countryISO = = "FR"\n {4} {25}\^+/,
    );
  });

  test('is told with its place and what to do', async () => {
    const { exitCode, stderr } = await run('template apply t delete --segment s');
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^audience: NOT_FOUND: .*\n {2}at input\.templateId\n {2}Check the id/);
  });
});

test('who asks comes from options before variables', async () => {
  const env = { AUDIENCE_URL: started.gateway.url, AUDIENCE_TOKEN: 'env-token', AUDIENCE_SANDBOX: 'dev' };
  answer = () => ({ json: { segments: [], page: { totalCount: 0 }, link: {} } });
  await run('segment list --sandbox stage --org A@AdobeOrg --api-key k', { env });
  // Beside it the gateway goes on looking at the run that nobody waits for any more.
  const call = upstream.calls.find(({ path }) => path.endsWith('/segment/definitions'));
  expect(call?.headers).toMatchObject({
    authorization: 'Bearer env-token',
    'x-api-key': 'k',
    'x-gw-ims-org-id': 'A@AdobeOrg',
    'x-sandbox-name': 'stage',
  });
});

describe('doctor', () => {
  test.each([
    ['url', 6, undefined, 'doctor --url http://127.0.0.1:9'],
    ['token', 5, refuse(401, 'Oauth token is not valid'), 'doctor'],
    ['token', 5, refuse(403, 'Api Key is invalid'), 'doctor'],
    ['org', 5, refuse(403, 'Profile is not valid'), 'doctor'],
    ['sandbox', 5, { status: 403, json: { title: 'x', message: 'No access to sandbox dev' } }, 'doctor'],
    ['upstream', 6, refuse(500, 'x'), 'doctor'],
  ] as const)('finds that the %s is amiss, and says what to mend', async (what, code, reply, line) => {
    answer = () => reply;
    const { exitCode, stdout } = await run(line);
    expect(exitCode).toBe(code);
    const lines = stdout.split('\n');
    const at = lines.findIndex((each) => each.includes('FAILED'));
    expect(lines[at]).toMatch(new RegExp(`^${what} `));
    expect(lines[at + 1]?.trim()).not.toBe('');
    expect(lines.slice(0, at).every((each) => / (?:ok|-)\b|-$/.test(each))).toBe(true);
  });

  test('is content where all is well', async () => {
    answer = () => ({ json: { segments: [], page: { totalCount: 0 }, link: {} } });
    expect(await run('doctor')).toMatchObject({ exitCode: 0, stderr: '' });
  });
});

test('completion names every noun and its verbs', async () => {
  const { stdout } = await run('completion');
  expect(stdout).toContain('"audience segment") words="list get create update delete check');
  expect(stdout).toContain('"audience job watch") words="--kind --timeout');
});
