import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { openGatewayState } from '../../../src/state/open-gateway-state';
import { createLog } from '../../../src/telemetry/log';
import type { Telemetry } from '../../../src/telemetry/telemetry';
import { createPrometheus } from '../../../src/telemetry/prometheus';
import type { SeenCall } from '../../support/fake-upstream';
import { createSpanRecorder } from '../../support/span-recorder';
import { adasKey, createIssuer, audience, issuer, startServiceGateway } from '../../support/service-gateway';
import { startGateway } from '../../support/started-gateway';

const planted = {
  token: 'canary-token-of-the-caller-1',
  key: 'canary-key-of-the-caller-2',
  inUrl: 'canary-in-the-url-3',
  inHeader: 'canary-in-a-header-4',
};
const upstreamFails = ({ headers }: SeenCall): { status: number; json: unknown } => ({
  status: 500,
  json: { message: `Failed for ${headers.authorization ?? ''} at https://x/?token=${planted.inUrl}` },
});
const query = '{ segments(first: 1) { nodes { id } } session { services { lastError } } }';

/** Everything that a gateway leaves behind while it works, as text. */
async function collect(
  run: (parts: {
    telemetry: Telemetry;
    state: Awaited<ReturnType<typeof openGatewayState>>;
    log: ReturnType<typeof createLog>;
  }) => Promise<readonly string[]>,
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'gateway-canaries-'));
  const recorder = await createSpanRecorder();
  const metrics = createPrometheus({ process: false });
  const state = await openGatewayState({ folder });
  const lines: string[] = [];
  const log = createLog({ level: 'trace', write: (line) => void lines.push(line), secrets: [] });
  const answers = await run({ telemetry: { metrics, tracing: recorder.tracing }, state, log });
  await state.close();
  await recorder.flush();
  const files = await readdir(folder);
  const stored = await Promise.all(files.map((name) => readFile(join(folder, name), 'latin1')));
  const told = [...answers, ...lines, await metrics.page.text(), recorder.text(), ...stored];
  await rm(folder, { recursive: true });
  expect([lines.length, recorder.spans.length, stored.length].every((count) => count > 0)).toBe(true);
  return told.join('\n');
}

describe('what a caller proves himself with', () => {
  it('stands nowhere but in the calls upstream, where it is passed through', async () => {
    let sent = '';
    const told = await collect(async ({ telemetry, state, log }) => {
      const started = await startGateway(upstreamFails, { defaultCaller: null, telemetry, state, log });
      const headers = {
        authorization: `Bearer ${planted.token}`,
        'x-api-key': planted.key,
        'x-gw-ims-org-id': 'ADA@AdobeOrg',
        'x-sandbox-name': 'prod',
        'x-evil': planted.inHeader,
      };
      const answers = await Promise.all([
        started.post({ query }, headers),
        started.post({ query: '{ nonsense }' }, headers),
        started.post('no json', headers),
        started.post({ query }, { ...headers, authorization: `Basic ${planted.token}` }),
        fetch(`${started.gateway.url}/nothing?token=${planted.inUrl}`, { headers }),
        fetch(`${started.gateway.url}/files/${planted.token}/x`, { headers }),
      ]);
      const socket = new WebSocket(
        `${started.gateway.url.replace('http', 'ws')}/graphql`,
        'graphql-transport-ws',
      );
      const heard: string[] = [];
      socket.on('message', (text: Buffer) => heard.push(text.toString('utf8')));
      await once(socket, 'open');
      socket.send(JSON.stringify({ type: 'connection_init', payload: headers }));
      while (heard.length === 0) await once(socket, 'message');
      socket.send(JSON.stringify({ type: 'subscribe', id: '1', payload: { query } }));
      while (!heard.some((text) => text.includes('complete'))) await once(socket, 'message');
      socket.close();
      const texts = await Promise.all(answers.map((answer) => answer.text()));
      await started.close();
      sent = JSON.stringify(started.upstream.calls.map(({ headers: seen }) => seen));
      return [...texts, ...heard];
    });
    expect(sent).toContain(planted.token);
    expect(sent).not.toContain(planted.inHeader);
    for (const canary of Object.values(planted)) expect(told).not.toContain(canary);
  });

  it('stands nowhere at all, where the gateway has a credential of its own; that stands nowhere else', async () => {
    const keys = await createIssuer();
    const token = await keys.sign({ canary: 'in-the-claims' });
    let sent = '';
    const told = await collect(async ({ telemetry, state, log }) => {
      const jwt = { keys: { jwks: keys.jwks }, issuer, audience, sandboxClaim: null };
      const started = await startServiceGateway(upstreamFails, { jwt, log }, { telemetry, state, log });
      const answers = await Promise.all([
        started.post({ query }, { authorization: `Bearer ${token}` }),
        started.post({ query }, { 'x-api-key': adasKey }),
        started.post({ query }, { authorization: `Bearer ${token}x` }),
      ]);
      const texts = await Promise.all(answers.map((answer) => answer.text()));
      await started.close();
      sent = JSON.stringify(started.upstream.calls.map(({ headers: seen }) => seen));
      return texts;
    });
    expect(sent).toContain('token-of-the-gateway');
    for (const canary of [token, adasKey]) expect(sent + told).not.toContain(canary);
    for (const canary of ['token-of-the-gateway', 'secret-of-the-gateway'])
      expect(told).not.toContain(canary);
  });
});
