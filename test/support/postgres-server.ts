import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A real PostgreSQL on the loopback, with its data in a folder that goes when it is closed. */
export interface PostgresServer {
  readonly port: number;
  /** Of a superuser and the first database; another port reaches it through a proxy. */
  url(port?: number): string;
  stop(): Promise<void>;
  /** As a power cut of this one program. */
  kill(): Promise<void>;
  /** It stands still, with all its connections, until it is thawed. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  /** After `stop` or `kill`. */
  start(): Promise<void>;
  close(): Promise<void>;
}

type Order = 'start' | 'stop' | 'kill' | 'freeze' | 'thaw';

/** @param tls of a server that speaks TLS too. */
export async function startPostgres(tls?: {
  readonly certificate: string;
  readonly key: string;
  /** Of those who prove who they are. */
  readonly ca: string;
}): Promise<PostgresServer> {
  const folder = await mkdtemp(join(tmpdir(), 'gateway-postgres-'));
  const port = await freePort();
  const child = fork(join(__dirname, 'postgres-process.mjs'), [folder, String(port)], {
    execArgv: [],
    env: {
      ...process.env,
      ...(tls && { SERVER_CERTIFICATE: tls.certificate, SERVER_KEY: tls.key, SERVER_CA: tls.ca }),
    },
  });
  const tell = (order: Order): Promise<void> => carryOut(child, order);
  await tell('start');
  return {
    port,
    url: (reached = port) => `postgres://gateway:a-password-of-tests@127.0.0.1:${reached}/postgres`,
    start: () => tell('start'),
    stop: () => tell('stop'),
    kill: () => tell('kill'),
    freeze: () => tell('freeze'),
    thaw: () => tell('thaw'),
    close: async () => {
      await tell('stop');
      child.disconnect();
      await once(child, 'exit');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function carryOut(child: ChildProcess, order: string): Promise<void> {
  const answered = once(child, 'message');
  child.send(order);
  const [{ problem }] = (await answered) as [{ readonly problem?: string }];
  if (problem !== undefined) throw new Error(problem);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
