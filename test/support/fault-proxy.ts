import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

/** What a network does to whoever uses it. */
export type Fault =
  | 'none'
  /** Connections are taken and closed at once. */
  | 'refuses'
  /** Connections stay, and nothing goes through any more, without a word. */
  | 'swallows'
  /** All bytes come so much later. */
  | { readonly delayMs: number }
  /** This share of the pieces that go to the server breaks its connection. */
  | { readonly resetShare: number; readonly random: () => number };

export interface FaultProxy {
  readonly port: number;
  /** From now on, for connections that are open as well. */
  become(fault: Fault): void;
  /** Connections so far. */
  readonly opened: () => number;
  close(): Promise<void>;
}

/** Stands between a client and a server on this machine. */
export async function startFaultProxy(targetPort: number): Promise<FaultProxy> {
  const wires = new Set<Socket>();
  let fault: Fault = 'none';
  let opened = 0;
  const server = createServer((near) => {
    opened += 1;
    const far = connect(targetPort, '127.0.0.1');
    const both = [near, far];
    const end = (): void => both.forEach((wire) => wire.destroy());
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      wires.add(from);
      from.on('close', () => {
        wires.delete(from);
        end();
      });
      // Broken wires are what this is for.
      from.on('error', () => undefined);
      from.on('data', (bytes) => {
        if (fault === 'swallows') return;
        if (typeof fault === 'object' && 'delayMs' in fault) setTimeout(() => to.write(bytes), fault.delayMs);
        else if (typeof fault === 'object' && from === near && fault.random() < fault.resetShare)
          near.resetAndDestroy();
        else to.write(bytes);
      });
    }
    if (fault === 'refuses') end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = (): void => wires.forEach((wire) => wire.destroy());
  return {
    port: (server.address() as AddressInfo).port,
    become: (next) => {
      fault = next;
      if (next === 'refuses') cut();
    },
    opened: () => opened,
    close: async () => {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}
