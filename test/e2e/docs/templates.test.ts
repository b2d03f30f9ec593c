import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { failureModes } from '../../../src/cli/destination/failure';
import type { Destination } from '../../../src/cli/destination/start-destination';
import { startDestination } from '../../../src/cli/destination/start-destination';
import { parseAllowedHosts } from '../../../src/lib/allowed-host';
import type { Platform } from '../../../src/platform';
import { createPlatform } from '../../../src/platform';
import { createGateway } from '../../../src/server/gateway';
import type { Gateway } from '../../../src/server/gateway';
import type { GatewayState } from '../../../src/state/open-gateway-state';
import type { DocumentA } from '../../../src/templates/documents';
import { readAnswer } from '../../../src/templates/read-answer';
import type { OutgoingRequest, RenderedOperation } from '../../../src/templates/render';
import { renderOperation, serializeBody } from '../../../src/templates/render';
import { startProcess } from '../../support/gateway-process';
import { codeBlocksOf, readDocument } from '../../support/markdown';
import { openTemporaryState } from '../../support/temporary-state';

const blocks = codeBlocksOf('docs/templates.md', 'An example');
const walkThrough = codeBlocksOf('docs/templates.md', 'From a segment to a destination');
const blockOf = (language: string, index: number): string =>
  blocks.filter((block) => block.language === language)[index]?.code ?? '';
const [template, createInB, values] = [0, 1, 2].map((index) => JSON.parse(blockOf('json', index)) as object);
const documentedUrl = 'http://127.0.0.1:4300';
const headers = {
  authorization: 'Bearer test',
  'x-api-key': 'test',
  'x-gw-ims-org-id': 'DOCS@AdobeOrg',
  'content-type': 'application/json',
};
const authoring = '/data/core/activation/authoring';

function render(token: string | null, verb: 'create' | 'delete' = 'create'): RenderedOperation {
  const given = token === null ? values : { ...values, 'baseConnection.auth.params.accessToken': token };
  const rendered = renderOperation({
    template: { dialect: 'A', document: template as DocumentA },
    verb,
    facts: { segment: { name: 'Buyers in "FR"', alias: 'aud-1' }, values: { ...given } },
  });
  if (rendered === undefined) throw new Error(`The example has no ${verb}`);
  return rendered;
}

function print({ method, url, headers: lines, body }: OutgoingRequest): string {
  const text = lines.map(([name, value]) => `${name}: ${value}\n`).join('');
  return `${method} ${url}\n${text}\n${serializeBody(body)?.text ?? ''}`;
}

describe('docs/templates.md', () => {
  let dataDir: string;
  let platform: Platform;
  let destination: Destination;
  let state: GatewayState;
  let gateway: Gateway;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'audience-gateway-templates-docs-'));
    platform = await createPlatform({ dataDir, port: 0 });
    destination = await startDestination({ port: 0, token: 'trial-token', log: () => undefined });
    state = await openTemporaryState();
    gateway = await createGateway({
      state,
      host: '127.0.0.1',
      port: 0,
      publicUrl: null,
      upstream: { url: platform.url, mode: 'EMBEDDED' },
      defaultCaller: null,
      development: true,
      secret: null,
      templateHosts: parseAllowedHosts(new URL(destination.url).host) ?? [],
      isReady: () => ({ ready: true }),
      log: pino({ level: 'silent' }),
    });
  });
  afterAll(async () => {
    await gateway.close();
    await state.close();
    await destination.close();
    await platform.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  /** Sends a request as the page shows it, but to the port that the destination has here. */
  async function send(request: OutgoingRequest): Promise<{ status: number; body: unknown }> {
    const body = serializeBody(request.body)?.text;
    const answer = await fetch(request.url.replace(documentedUrl, destination.url), {
      method: request.method,
      headers: Object.fromEntries(request.headers),
      ...(body === undefined ? {} : { body }),
    });
    return { status: answer.status, body: await answer.json() };
  }
  const read = (answer: { status: number; body: unknown }) =>
    readAnswer({
      template: { dialect: 'A', document: template as DocumentA },
      verb: 'create',
      answer: { headers: {}, ...answer },
    });

  it('shows a template that the platform takes, as it is read in the other model', async () => {
    const made = await fetch(`${platform.url}${authoring}/v1/audience-templates`, {
      method: 'POST',
      headers,
      body: blockOf('json', 0),
    });
    const { instanceId, ...rest } = (await made.json()) as { readonly instanceId: string };
    expect(rest).toMatchObject(template ?? {});
    const current = await fetch(`${platform.url}${authoring}/audience-templates/${instanceId}`, { headers });
    expect(await current.json()).toMatchObject({ metadataTemplate: { create: createInB } });
  });

  it('shows the request that the template makes, and what is hidden of it', () => {
    const { request, shown, unresolved, violations } = render(null);
    expect({ unresolved, violations }).toEqual({ unresolved: [], violations: [] });
    expect(print(request)).toBe(blockOf('http', 0));
    expect(shown.headers).toContainEqual(['Authorization', 'Bearer ********']);
  });

  it('shows what the destination answers, as the template reads it', async () => {
    expect(read(await send(render('wrong').request)).error).toBe(
      'The token is missing, or not the one that is asked for.',
    );
    const made = await send(render(null).request);
    expect(made.status).toBe(201);
    expect(read(made).externalAudienceId).toBe('aud-1');
    expect(destination.audiences()).toEqual([{ id: 'aud-1', name: 'Buyers in "FR"', account: 'act_42' }]);
    expect((await send(render(null, 'delete').request)).status).toBe(200);
    expect(destination.audiences()).toEqual([]);
  });

  async function ask<Answer>(query: string, variables: object): Promise<Answer> {
    const answer = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { ...headers, 'x-sandbox-name': 'prod' },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = (await answer.json()) as { readonly data: Answer; readonly errors?: unknown };
    expect(errors).toBeUndefined();
    return data;
  }

  async function makeSegment(): Promise<string> {
    const mutation = `mutation ($input: CreateSegmentInput!) { createSegment(input: $input) { segment { id } } }`;
    const { createSegment } = await ask<{ createSegment: { segment: { id: string } } }>(mutation, {
      input: { name: 'Buyers in "FR"', expression: { text: 'homeAddress.countryISO = "FR"' } },
    });
    return createSegment.segment.id;
  }

  async function makeTemplate(): Promise<string> {
    const made = await fetch(`${platform.url}${authoring}/v1/audience-templates`, {
      method: 'POST',
      headers,
      body: blockOf('json', 0).replace(documentedUrl, destination.url),
    });
    return ((await made.json()) as { readonly instanceId: string }).instanceId;
  }

  it('leads from a segment to a destination through GraphQL, and back', async () => {
    const [render = '', apply = ''] = walkThrough
      .filter(({ language }) => language === 'graphql')
      .map(({ code }) => code);
    const [shown, outcome] = walkThrough
      .filter(({ language }) => language === 'json')
      .map(({ code }) => JSON.parse(code.replace(documentedUrl, destination.url)) as object);
    const known = destination.audiences().length;
    const input = { templateId: await makeTemplate(), segmentId: await makeSegment(), values };
    const applied = async (verb: string) =>
      (await ask<{ applyAudienceTemplate: object }>(apply, { input: { ...input, verb } }))
        .applyAudienceTemplate;

    expect(await ask(render, { input: { ...input, verb: 'CREATE' } })).toEqual({
      renderAudienceTemplate: shown,
    });
    expect(await applied('VALIDATE')).toMatchObject({ outcome: { httpStatus: 200 }, userErrors: [] });
    expect(await applied('CREATE')).toMatchObject({
      outcome: JSON.parse(JSON.stringify(outcome).replaceAll('aud-1', 'aud-2')) as object,
      userErrors: [],
    });
    expect(destination.audiences()).toHaveLength(known + 1);
    expect(await applied('CREATE')).toMatchObject({ outcome: null, userErrors: [{ code: 'CONFLICT' }] });
    expect(await applied('UPDATE')).toMatchObject({
      outcome: { externalAudienceId: 'aud-2' },
      userErrors: [],
    });
    expect(await applied('DELETE')).toMatchObject({ outcome: { httpStatus: 200 }, userErrors: [] });
    expect(destination.audiences()).toHaveLength(known);
  });

  it('shows a command that runs the destination until it is stopped', async () => {
    const [, , ...args] = blockOf('sh', 0).replace('4300', '0').split(' ');
    const process = startProcess({ script: 'bin/audience.js', args });
    const [, url = ''] = await process.printed(/listens at (http:\S+)\n[\s\S]*requests\n/);
    expect((await fetch(`${url}/account`)).status).toBe(401);
    expect((await fetch(`${url}/account?access_token=trial-token`)).status).toBe(200);
    process.signal('SIGINT');
    expect(await process.exit).toBe(0);
    expect(process.output()).toContain('GET /account 401\nGET /account 200\n');
    expect(process.output()).not.toContain('trial-token');
  });

  it('names every way to fail', () => {
    for (const mode of failureModes) expect(readDocument('docs/templates.md')).toContain(`\`${mode}\``);
  });
});
