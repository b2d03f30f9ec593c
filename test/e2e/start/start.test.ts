import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startProcess } from '../../support/gateway-process';
import type { RunningProcess } from '../../support/gateway-process';

const freePorts = { PORT: '0', PLATFORM_PORT: '0' };

async function post(url: string, query: string): Promise<Record<string, unknown>> {
  const answer = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  return (await answer.json()) as Record<string, unknown>;
}

async function urlOf(gateway: RunningProcess): Promise<string> {
  return (await gateway.printed(/GraphQL +(http:\S+)\/graphql/))[1] ?? '';
}

describe('starting the gateway', () => {
  let folder: string;
  const started: RunningProcess[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'audience-gateway-start-'));
  });
  afterEach(async () => {
    for (const gateway of started.splice(0)) {
      gateway.signal('SIGKILL');
      await gateway.exit;
    }
    await rm(folder, { recursive: true, force: true });
  });

  function start(options: { args?: readonly string[]; env?: Record<string, string> } = {}): RunningProcess {
    const gateway = startProcess({
      script: 'dist/main.js',
      args: options.args ?? ['--no-demo'],
      env: { ...freePorts, DATA_DIR: join(folder, 'data'), ...options.env },
    });
    started.push(gateway);
    return gateway;
  }

  it('prints where everything is and becomes ready', async () => {
    const gateway = start();
    const url = await urlOf(gateway);
    await gateway.printed(/Subscriptions +ws:/);
    await gateway.printed(/Ready/);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    expect(await post(url, '{ segments { totalCount } }')).toEqual({ data: { segments: { totalCount: 0 } } });
  });

  it('runs by the command of the README, with the option of the README', async () => {
    const gateway = startProcess({
      script: 'npm',
      args: ['start', '--', '--no-demo'],
      env: { ...freePorts, DATA_DIR: join(folder, 'data') },
    });
    started.push(gateway);
    const url = await urlOf(gateway);
    await gateway.printed(/Without demonstration data/);
    await gateway.printed(/Ready/);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    const { pid } = JSON.parse(await readFile(join(folder, 'data', 'platform.json'), 'utf8')) as {
      pid: number;
    };
    process.kill(pid, 'SIGINT');
    expect(await gateway.exit).toBe(0);
  });

  it('ends with code 0 when it is interrupted', async () => {
    const gateway = start();
    await gateway.printed(/Ready/);
    gateway.signal('SIGINT');
    expect(await gateway.exit).toBe(0);
  });

  it('keeps what was acknowledged when it is killed', async () => {
    const first = start();
    await first.printed(/Ready/);
    await post(
      await urlOf(first),
      'mutation { createSegment(input: { name: "Kept", expression: { text: "homeAddress" } }) { segment { id } } }',
    );
    first.signal('SIGKILL');
    await first.exit;
    const second = start();
    await second.printed(/Ready/);
    expect(await post(await urlOf(second), '{ segments { nodes { name } } }')).toEqual({
      data: { segments: { nodes: [{ name: 'Kept' }] } },
    });
  });

  it('finishes after a restart the job in which it was killed', async () => {
    const first = start({ env: { PLATFORM_JOB_PACE_MS: '1000' } });
    await first.printed(/Ready/);
    const url = await urlOf(first);
    const segment = await post(
      url,
      'mutation { createSegment(input: { name: "Half done", expression: { text: "homeAddress" } }) { segment { id } } }',
    );
    const [segmentId] = /[0-9a-f-]{36}/.exec(JSON.stringify(segment)) ?? [];
    const job = await post(
      url,
      `mutation { createSegmentJob(input: { segments: { ids: ["${segmentId}"] }, awaitMs: 1500 }) { segmentJob { id status } timedOut } }`,
    );
    expect(JSON.stringify(job)).toContain('"timedOut":true');
    first.signal('SIGKILL');
    await first.exit;
    const second = start({ env: { PLATFORM_JOB_PACE_MS: '0' } });
    await second.printed(/Ready/);
    const [jobId] = /[0-9a-f-]{36}/.exec(JSON.stringify(job)) ?? [];
    const ended = await post(
      await urlOf(second),
      `{ awaitJob(kind: SEGMENT, id: "${jobId}") { status errors { message } } }`,
    );
    expect(ended).toEqual({ data: { awaitJob: { status: 'SUCCEEDED', errors: [] } } });
  });

  it('names the remedy for a port that is taken', async () => {
    const holder: Server = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const { port } = holder.address() as AddressInfo;
    const gateway = start({ env: { PORT: String(port) } });
    expect(await gateway.exit).toBe(1);
    expect(gateway.errorOutput().trim().split('\n')).toEqual([
      expect.stringMatching(new RegExp(`${port}.*PORT`)),
    ]);
    holder.close();
  });

  it('names the remedy for a data directory that cannot be used', async () => {
    const file = join(folder, 'a-file');
    await writeFile(file, '');
    const gateway = start({ env: { DATA_DIR: join(file, 'data') } });
    expect(await gateway.exit).toBe(1);
    expect(gateway.errorOutput().trim().split('\n')).toEqual([expect.stringMatching(/DATA_DIR/)]);
  });

  it('ends also where the system itself refuses folders', async () => {
    const gateway = start({ env: { DATA_DIR: '/proc/audience-gateway/data' } });
    expect(await gateway.exit).toBe(1);
    expect(gateway.errorOutput().trim().split('\n')).toEqual([expect.stringMatching(/DATA_DIR/)]);
  });

  it('refuses a data directory in which another process works', async () => {
    const first = start();
    await first.printed(/Ready/);
    const second = start();
    expect(await second.exit).toBe(1);
    expect(second.errorOutput().trim().split('\n')).toEqual([expect.stringMatching(/another process/i)]);
  });

  it('names every wrong variable in one line', async () => {
    const gateway = start({ env: { PORT: 'many', AEP_UPSTREAM: 'https://platform.adobe.io' } });
    expect(await gateway.exit).toBe(1);
    expect(gateway.errorOutput().trim().split('\n')).toEqual([expect.stringMatching(/PORT.*AEP_UPSTREAM/)]);
  });

  it('needs no platform, and no default caller, in front of Adobe', async () => {
    const gateway = start({ args: [], env: { AEP_UPSTREAM_URL: 'https://platform.invalid' } });
    const url = await urlOf(gateway);
    await gateway.printed(/Ready/);
    const answer = await post(url, '{ segments { totalCount } }');
    expect(JSON.stringify(answer)).toMatch(/x-gw-ims-org-id|x-sandbox-name|[Aa]uthorization/);
    expect(answer['data'] ?? null).toBeNull();
  });
});
