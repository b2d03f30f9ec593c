import { BackboneUnavailable } from '../../src/errors/backbone-unavailable';
import { backboneLimits } from '../../src/state/backbone/backbone';
import type { Backbone, Lease } from '../../src/state/backbone/backbone';
import type { BackboneNetwork, LineEnd } from './backbone-network';
import type { BackboneServer } from './backbone-server';
import type { EventLoop } from './event-loop';
import type { VirtualTime } from './virtual-time';

export interface LineParts {
  readonly replica: string;
  readonly name: string;
  readonly network: BackboneNetwork;
  readonly loop: EventLoop;
  readonly time: VirtualTime;
}

/** The port as one life of one replica has it, at its end of a line. */
export class BackboneLine implements Backbone {
  isUp = true;
  private readonly listeners = new Set<(topic: string | null) => void>();
  private readonly end: LineEnd;
  private readonly leave: () => void;

  constructor(private readonly parts: LineParts) {
    const { replica, name, network, loop } = parts;
    this.end = {
      replica,
      name,
      arrivesMs: { there: 0, back: 0 },
      hint: (topic) => {
        loop.enter(() => {
          this.tell(topic);
        });
      },
    };
    this.leave = network.join(this.end);
  }

  attend(requests: Parameters<Backbone['attend']>[0]): ReturnType<Backbone['attend']> {
    return this.call((server) => requests.map((request) => server.attend(this.parts.name, request)));
  }

  append(requests: Parameters<Backbone['append']>[0]): ReturnType<Backbone['append']> {
    return this.call((server) => {
      const positions = requests.map((request) => server.append(this.parts.name, request));
      this.hintAbout(requests.flatMap(({ lease }, index) => (positions[index] ? [lease.topic] : [])));
      return positions;
    });
  }

  renew(leases: readonly Lease[]): Promise<readonly boolean[]> {
    return this.call((server) => leases.map((lease) => server.renew(this.parts.name, lease)));
  }

  async beat(): Promise<void> {
    await this.call((server) => {
      server.beat(this.parts.name);
    });
  }

  poke(topics: readonly string[]): void {
    const { network } = this.parts;
    network.send(
      this.end,
      () => {
        this.hintAbout(topics);
      },
      () => undefined,
    );
  }

  async release(leases: readonly Lease[]): Promise<void> {
    const released = this.call((server) => {
      const wereHeld = leases.map((lease) => server.release(this.parts.name, lease));
      this.hintAbout(leases.flatMap(({ topic }, index) => (wereHeld[index] === true ? [topic] : [])));
    });
    await released.catch(() => undefined);
  }

  onHint(listener: (topic: string | null) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  close(): Promise<void> {
    this.leave();
    return Promise.resolve();
  }

  private hintAbout(topics: readonly string[]): void {
    this.parts.network.tellHints(this.end, topics);
  }

  private tell(topic: string | null): void {
    for (const listener of [...this.listeners]) listener(topic);
  }

  private call<T>(work: (server: BackboneServer) => T): Promise<T> {
    const { network, loop, time } = this.parts;
    return new Promise((resolve, reject) => {
      let isOver = false;
      const giveUp = time.schedule(backboneLimits.callTimeoutMs, () => {
        loop.enter(() => {
          if (isOver) return;
          isOver = true;
          this.failed();
          reject(new BackboneUnavailable('The backbone did not answer in time'));
        });
      });
      network.send(this.end, work, (value) => {
        loop.enter(() => {
          if (isOver) return;
          isOver = true;
          giveUp();
          this.succeeded();
          resolve(value);
        });
      });
    });
  }

  private failed(): void {
    if (!this.isUp) return;
    this.isUp = false;
    this.probe();
  }

  /** As a connection that is made again: behind it anything may be new. */
  private succeeded(): void {
    if (this.isUp) return;
    this.isUp = true;
    this.tell(null);
  }

  private probe(): void {
    const { network, loop, time } = this.parts;
    if (this.isUp || !loop.isAlive) return;
    network.send(
      this.end,
      () => null,
      () => {
        loop.enter(() => {
          this.succeeded();
        });
      },
    );
    time.schedule(probeEveryMs, () => {
      this.probe();
    });
  }
}

const probeEveryMs = 1_000;
