import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { print } from 'graphql';
import type { Client } from 'graphql-ws';
import { createClient } from 'graphql-ws';
import { pino } from 'pino';
import { WebSocket } from 'ws';
import { IngestionClient } from '../../src/cli/ingestion-client';
import type { RejectedLine } from '../../src/cli/ingestion-client';
import { createPlatform } from '../../src/platform';
import type { Platform, PlatformOptions } from '../../src/platform';
import { createGateway } from '../../src/server/gateway';
import type { Gateway, GatewayOptions } from '../../src/server/gateway';
import { openGatewayState } from '../../src/state/open-gateway-state';
import type { GatewayState } from '../../src/state/open-gateway-state';
import { eventSchemaId, profileSchemaId } from '../../src/wire/catalog.wire';
import { startRecordingProxy } from './recording-proxy';
import type { RecordingProxy } from './recording-proxy';
import { embeddedCaller } from './started-gateway';

export interface GraphqlAnswer<TData> {
  readonly status: number;
  readonly data: TData | null;
  readonly errors: readonly {
    readonly message: string;
    readonly path?: readonly (string | number)[];
    readonly extensions: Readonly<Record<string, unknown>>;
  }[];
}

/** Both towers on free ports, over real sockets and a real folder, with a recording proxy on the bridge between them. */
export interface Road {
  readonly url: string;
  readonly platformUrl: string;
  readonly dataDir: string;
  readonly upstream: RecordingProxy;
  readonly sockets: Client;
  /** POSTs an operation; the answer's data, or a thrown error when there are errors. */
  run<TData, TVariables>(
    document: TypedDocumentNode<TData, TVariables>,
    variables: TVariables,
    headers?: Record<string, string>,
  ): Promise<TData>;
  /** The same, with the errors as they came. */
  ask<TData, TVariables>(
    document: TypedDocumentNode<TData, TVariables>,
    variables: TVariables,
    headers?: Record<string, string>,
  ): Promise<GraphqlAnswer<TData>>;
  /** Takes objects in by batch ingestion; answers the lines that were rejected. */
  ingest(entity: 'profile' | 'event', records: readonly unknown[]): Promise<readonly RejectedLine[]>;
  close(): Promise<void>;
}

export interface RoadOptions {
  readonly dataDir?: string;
  readonly platform?: Partial<PlatformOptions>;
  /** True: with the 50,000 demonstration profiles. */
  readonly withDemo?: boolean;
  /** False: callers must send the four headers, as in front of Adobe. */
  readonly withDefaultCaller?: boolean;
  readonly gateway?: Partial<GatewayOptions>;
}

export async function startRoad(options: RoadOptions = {}): Promise<Road> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'audience-gateway-road-')));
  const platform = await createPlatform({ dataDir, port: 0, memoryLimit: '1GB', ...options.platform });
  if (options.withDemo === true) await platform.demo.load({});
  const upstream = await startRecordingProxy(platform.url);
  const state = await openGatewayState({ folder: join(dataDir, 'gateway') });
  const gateway = await createGateway({
    state,
    host: '127.0.0.1',
    port: 0,
    publicUrl: null,
    upstream: { url: upstream.url, mode: 'EMBEDDED' },
    defaultCaller: options.withDefaultCaller === false ? null : embeddedCaller,
    development: true,
    secret: null,
    isReady: () => ({ ready: true }),
    log: pino({ level: 'silent' }),
    ...options.gateway,
  });
  const sockets = createClient({
    url: `${gateway.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
  });
  return roadOver({
    dataDir,
    platform,
    upstream,
    gateway,
    state,
    sockets,
    keepsData: options.dataDir !== undefined,
  });
}

interface RoadParts {
  readonly dataDir: string;
  readonly platform: Platform;
  readonly upstream: RecordingProxy;
  readonly gateway: Gateway;
  readonly state: GatewayState;
  readonly sockets: Client;
  readonly keepsData: boolean;
}

function roadOver({ dataDir, platform, upstream, gateway, state, sockets, keepsData }: RoadParts): Road {
  const ask: Road['ask'] = async (document, variables, headers = {}) => {
    const answer = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query: print(document), variables }),
    });
    const { data = null, errors = [] } = (await answer.json()) as {
      data?: never;
      errors?: GraphqlAnswer<never>['errors'];
    };
    return { status: answer.status, data, errors };
  };
  return {
    url: gateway.url,
    platformUrl: platform.url,
    dataDir,
    upstream,
    sockets,
    ask,
    run: async (document, variables, headers) => {
      const { data, errors } = await ask(document, variables, headers);
      if (errors.length > 0 || data === null) throw new Error(JSON.stringify(errors));
      return data;
    },
    ingest: (entity, records) => ingest(platform.url, entity, records),
    close: async () => {
      await sockets.dispose();
      await gateway.close();
      await state.close();
      await upstream.close();
      await platform.close();
      if (!keepsData) await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function ingest(
  url: string,
  entity: 'profile' | 'event',
  records: readonly unknown[],
): Promise<readonly RejectedLine[]> {
  const client = new IngestionClient({ url, orgId: embeddedCaller.orgId, sandbox: embeddedCaller.sandbox });
  const datasetId = await client.ensureDataset(
    `Test ${entity}s`,
    entity === 'profile' ? profileSchemaId : eventSchemaId,
  );
  const batchId = await client.openBatch(datasetId, 'ndjson');
  const lines = records.map((record) => (typeof record === 'string' ? record : JSON.stringify(record)));
  await client.upload(batchId, datasetId, 'test.ndjson', Readable.from([`${lines.join('\n')}\n`]));
  await client.complete(batchId);
  for (;;) {
    const { status, failedRecordCount = 0 } = await client.batch(batchId);
    if (status === 'success' || status === 'failed')
      return failedRecordCount > 0 ? client.firstRejected(batchId, 1000) : [];
  }
}
