import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';
import { require } from '../typescript.mjs';
import { campaignsSdl, startCampaigns } from './campaigns.mjs';
import { headersFor, startSubgraph } from './gateway.mjs';

const { createClient } = require('graphql-sse');

const oneJob =
  'subscription ($id: ID!) { segmentJobChanged(id: $id) { type job { id status ... on SegmentJob { note } } } }';
const folder = mkdtempSync(join(tmpdir(), 'router-'));
const supergraphFile = join(folder, 'supergraph.graphql');
const running = new Set();
let subgraph;
let campaigns;
let composed;
let ports;
let count = 0;
let id;

before(async () => {
  ports = [await freePort(), await freePort()];
  campaigns = await startCampaigns();
  subgraph = await startSubgraph({ callbackHosts: ports.map((port) => `127.0.0.1:${port}`) });
  composed = composeServices([
    { name: 'audiences', url: subgraph.url, typeDefs: parse(await subgraph.sdl()) },
    { name: 'campaigns', url: campaigns.url, typeDefs: parse(campaignsSdl) },
  ]);
  writeFileSync(supergraphFile, composed.supergraphSdl ?? '');
});
after(async () => {
  for (const process of running) process.kill('SIGKILL');
  await subgraph.close();
  campaigns.close();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  id = `j${(count += 1)}`;
  subgraph.jobs.statuses.clear();
  subgraph.jobs.statuses.set(id, 'PROCESSING');
  subgraph.upstream.calls.splice(0);
});

it('Apollo’s composition takes the schema beside another subgraph’s without an error or a hint', () => {
  assert.deepEqual([composed.errors ?? [], composed.hints.map(({ message }) => message)], [[], []]);
});

describe('queries through Hive Gateway', () => {
  const query = 'query ($of: [ID!]!) { campaigns(of: $of) { id audience { id name } } }';
  let hive;
  before(async () => (hive = await startHive('sse', 0)));
  after(() => hive.kill());

  it('find the entities of a list by one call upstream, and pass the caller on', async () => {
    const of = Array.from({ length: 100 }, (_, index) => `s${index}`);
    const { data, errors } = await hive.ask(query, { of });
    assert.equal(errors, undefined);
    assert.equal(data.campaigns[99].audience.name, 'Segment s99');
    assert.deepEqual(subgraph.upstream.lines(), ['POST /segment/definitions/bulk-get']);
    const { headers } = subgraph.upstream.calls[0];
    assert.deepEqual([headers['x-sandbox-name'], headers['x-gw-ims-org-id']], ['prod', 'ADA@AdobeOrg']);
    assert.match(headers.authorization, /^Bearer /);
  });

  it('go on from our entities to theirs and back', async () => {
    const { data } = await hive.ask('{ segment(id: "s1") { name campaigns { id audience { name } } } }');
    const campaign = { id: 'campaign-of-s1', audience: { name: 'Segment s1' } };
    assert.deepEqual(data.segment, { name: 'Segment s1', campaigns: [campaign] });
  });

  it('have null for what is not there, and for what is refused the code at its place', async () => {
    assert.deepEqual((await hive.ask('{ segment(id: "none") { name } }')).data, { segment: null });
    const { data } = await hive.ask(query, { of: ['s1', 'none'] });
    assert.deepEqual(
      data.campaigns.map(({ audience }) => audience?.name ?? null),
      ['Segment s1', null],
    );
    const refused = await hive.ask(query, { of: ['refused'] });
    assert.deepEqual(codesOf(refused), ['FORBIDDEN']);
    assert.deepEqual(refused.errors[0].path.slice(0, 3), ['campaigns', 0, 'audience']);
  });

  it('of nobody are answered UNAUTHENTICATED', async () => {
    const answer = await hive.ask('{ segment(id: "s1") { name } }', {}, {});
    assert.deepEqual(codesOf(answer), ['UNAUTHENTICATED']);
  });
});

for (const transport of ['http-callback', 'ws', 'sse'])
  describe(`subscriptions through Hive Gateway by ${transport}`, () => {
    let hive;
    before(async () => (hive = await startHive(transport, transport === 'http-callback' ? ports[0] : 0)));
    after(() => hive.kill());

    it('tell of a job from SNAPSHOT to TERMINAL, with what another subgraph knows of it, and end', async () => {
      const heard = hive.hear(oneJob, { id });
      await heard.until(1);
      subgraph.jobs.statuses.set(id, 'SUCCEEDED');
      await heard.end;
      const events = heard.data.map(({ segmentJobChanged: { type, job } }) => [type, job.status, job.note]);
      const note = `note of ${id}`;
      assert.deepEqual(events, [
        ['SNAPSHOT', 'PROCESSING', note],
        ['TERMINAL', 'SUCCEEDED', note],
      ]);
      assert.deepEqual(heard.errors, []);
    });

    it('tell of all jobs, and end here soon after the client has left', async () => {
      const heard = hive.hear('subscription { jobsChanged(kinds: [SEGMENT]) { type job { id } } }');
      await heard.until(1);
      subgraph.jobs.statuses.set('later', 'QUEUED');
      await heard.until(2);
      assert.deepEqual(heard.data[1].jobsChanged, { type: 'CREATED', job: { id: 'later' } });
      assert.equal(await subgraph.watching(), 1);
      heard.leave();
      await untilNobodyWatches(2_000);
    });

    it('say what ends them before they begin', async () => {
      const heard = hive.hear(oneJob, { id: 'gone' });
      await heard.end;
      // Over sockets Hive passes on that there is an error, and not which.
      assert.deepEqual(heard.codes(), [transport === 'ws' ? 'INTERNAL_SERVER_ERROR' : 'NOT_FOUND']);
    });

    // A socket closes; Hive opens it again with the same token for minutes, and says nothing.
    if (transport === 'ws') return;
    it('end with the token', async () => {
      const heard = hive.hear(oneJob, { id }, headersFor(1_500));
      await heard.end;
      assert.equal(heard.data.at(-1).segmentJobChanged.type, 'AUTH_EXPIRING');
      assert.deepEqual(heard.codes(), ['UNAUTHENTICATED']);
    });
  });

describe('subscriptions that are called back', () => {
  it('outlive the silence of many intervals', async () => {
    const hive = await startHive('http-callback', ports[0]);
    const many = Array.from({ length: 6 }, () => hive.hear(oneJob, { id }));
    await Promise.all(many.map((heard) => heard.until(1)));
    await pause(8_000);
    assert.deepEqual(
      many.flatMap((heard) => heard.codes()),
      [],
    );
    assert.equal(await subgraph.watching(), many.length);
    for (const heard of many) heard.leave();
    await untilNobodyWatches(2_000);
    hive.kill();
  });

  it('end here after the last repetition when the router has died', async () => {
    const hive = await startHive('http-callback', ports[1]);
    await hive.hear(oneJob, { id }).until(1);
    hive.kill();
    await untilNobodyWatches(5_000);
  });

  it('are told to come again when the gateway closes', async () => {
    const hive = await startHive('http-callback', ports[0]);
    const heard = hive.hear(oneJob, { id });
    await heard.until(1);
    await subgraph.shutDown();
    await heard.end;
    assert.deepEqual(heard.codes(), ['UPSTREAM_UNAVAILABLE']);
    hive.kill();
  });
});

async function startHive(transport, port) {
  const program = join(dirname(fileURLToPath(import.meta.url)), 'hive.mjs');
  const stdio = ['ignore', 'pipe', 'inherit'];
  const child = spawn(process.execPath, [program, supergraphFile, String(port), transport], { stdio });
  running.add(child);
  const gone = once(child, 'exit').then(() => running.delete(child));
  const [said] = await Promise.race([once(child.stdout, 'data'), gone.then(() => [''])]);
  const url = `${String(said).trim()}/graphql`;
  return {
    ask: async (query, variables = {}, headers = headersFor(600_000)) => {
      const body = JSON.stringify({ query, variables });
      const all = { ...headers, 'content-type': 'application/json' };
      return (await fetch(url, { method: 'POST', headers: all, body })).json();
    },
    hear: (query, variables = {}, headers = headersFor(600_000)) => hear(url, { query, variables }, headers),
    kill: () => {
      child.kill('SIGKILL');
      return gone;
    },
  };
}

/** A client of the router, over server-sent events. */
function hear(url, operation, headers) {
  const client = createClient({ url, headers, retryAttempts: 0 });
  const heard = { data: [], errors: [], codes: () => codesOf(heard), leave: () => undefined };
  heard.end = new Promise((resolve) => {
    heard.leave = client.subscribe(operation, {
      next: ({ data, errors = [] }) => {
        if (data) heard.data.push(data);
        heard.errors.push(...errors);
      },
      error: resolve,
      complete: resolve,
    });
  });
  heard.until = (number) => until(() => heard.data.length >= number, 10_000, `event ${number}`);
  return heard;
}

function codesOf({ errors = [] }) {
  return errors.map(({ extensions }) => extensions?.code);
}

function untilNobodyWatches(mostMs) {
  return until(async () => (await subgraph.watching()) === 0, mostMs, 'the end of the watch');
}

async function until(isSo, mostMs, what) {
  const end = Date.now() + mostMs;
  while (!(await isSo())) {
    assert.ok(Date.now() < end, `${what} has not come within ${mostMs} ms`);
    await pause(20);
  }
}

/** Of a server that listens no more: the gateway must know the router's address before there is one. */
async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
