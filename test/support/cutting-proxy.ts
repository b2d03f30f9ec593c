import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

export interface CuttingProxy {
  /** With the port of the proxy, else as the target. */
  readonly url: string;
  /** Connections so far. */
  readonly opened: () => number;
  /** Breaks every connection without a word, as a lost network does. */
  cut(): void;
  close(): Promise<void>;
}

/** Lets bytes through to a server, until a test cuts the wires. */
export async function startCuttingProxy(targetUrl: string): Promise<CuttingProxy> {
  const { hostname, port } = new URL(targetUrl);
  const wires = new Set<Socket>();
  let opened = 0;
  const server = createServer((near) => {
    opened += 1;
    const far = connect(Number(port), hostname);
    for (const wire of [near, far]) {
      wires.add(wire);
      wire.on('close', () => {
        wires.delete(wire);
        near.destroy();
        far.destroy();
      });
      // Cut wires are what this is for.
      wire.on('error', () => undefined);
    }
    near.pipe(far).pipe(near);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = (): void => {
    for (const wire of wires) wire.resetAndDestroy();
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    opened: () => opened,
    cut,
    close: async () => {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}
