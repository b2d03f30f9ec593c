import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { parse, print } from 'graphql';
import { startProcess } from '../../support/gateway-process';
import type { RunningProcess } from '../../support/gateway-process';
import { codeBlocksOf } from '../../support/markdown';
import { createSegment, createSegmentJob } from '../../support/road-operations';

const codeIn = (language: string): string =>
  codeBlocksOf('README.md').find((block) => block.language === language)?.code ?? '';

/** Fifty thousand people take a quarter of a minute, or more where others work on the machine: one start serves all. */
describe('the first start of the gateway', () => {
  let folder: string;
  let gateway: RunningProcess;
  let url: string;
  let loading: Response;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'audience-gateway-first-start-'));
    const env = {
      DATA_DIR: join(folder, 'data'),
      PORT: '0',
      PLATFORM_PORT: '0',
      PLATFORM_JOB_PACE_MS: '0',
    };
    gateway = startProcess({ script: 'dist/main.js', env });
    [, url = ''] = await gateway.printed(/GraphQL +(http:\S+)\/graphql/);
    loading = await fetch(`${url}/readyz`);
    await gateway.printed(/Ready/);
  }, 180_000);
  afterAll(async () => {
    gateway.signal('SIGKILL');
    await gateway.exit;
    await rm(folder, { recursive: true, force: true });
  });

  async function run<TData, TVariables>(
    document: TypedDocumentNode<TData, TVariables>,
    variables: TVariables,
  ): Promise<TData> {
    const answer = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: print(document), variables }),
    });
    const { data, errors = [] } = (await answer.json()) as { data: TData; errors?: readonly object[] };
    expect(errors).toEqual([]);
    return data;
  }

  it('loads the demonstration data, and is ready only then', async () => {
    const [, profiles, events] = await gateway.printed(/data ([\d,]+) profiles, ([\d,]+) events/);
    expect(loading.status).toBe(503);
    expect(profiles).toBe('50,000');
    expect(Number(events?.replaceAll(',', ''))).toBeGreaterThan(450_000);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
  });

  it('answers the first query of README.md as README.md shows', async () => {
    const { createSegment: created } = await run(createSegment, {
      input: { name: 'French shoppers', expression: { text: codeIn('pql') } },
    });
    expect(created.userErrors).toEqual([]);
    const { createSegmentJob: job } = await run(createSegmentJob, {
      input: { segments: { ids: [created.segment?.id ?? ''] }, awaitMs: 30_000 },
    });
    expect(job.segmentJob?.status).toBe('SUCCEEDED');
    const data = await run(parse(codeIn('graphql')), {});
    expect({ data }).toEqual(JSON.parse(codeIn('json')));
  });
});
