import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { Secret } from '../../src/lib/secret';
import { systemTimers } from '../../src/lib/timers';
import type { Backbone } from '../../src/state/backbone/backbone';
import { createPostgresBackbone } from '../../src/state/backbone/postgres-backbone';
import type { PostgresBackboneOptions } from '../../src/state/backbone/postgres-backbone';
import { forgetTopics } from '../../src/state/backbone/postgres-statements';
import { backboneLimits } from '../../src/state/backbone/backbone';

/** What one server shares, and an administrator's way to it. */
export interface PostgresBackbones {
  readonly admin: Client;
  /** A replica that has connected. */
  readonly join: (options?: Partial<PostgresBackboneOptions>) => Promise<Backbone>;
  /** Moves all times that are written down back, as if so much had passed. */
  readonly shiftTimes: (ms: number) => Promise<void>;
  /** Forgets what is due, as happens each minute. */
  readonly sweep: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export async function openPostgresBackbones(url: string): Promise<PostgresBackbones> {
  const admin = new Client({ connectionString: url });
  // Of a server that a test stops.
  admin.on('error', () => undefined);
  await admin.connect();
  return {
    admin,
    join: async (options = {}) => {
      const backbone = newPostgresBackbone(url, options);
      await untilUp(backbone);
      return backbone;
    },
    shiftTimes: async (ms) => {
      await admin.query(
        `update backbone_topic set held_until = held_until - $1 * interval '1 ms', used_at = used_at - $1 * interval '1 ms'`,
        [ms],
      );
      await admin.query(`update backbone_replica set seen_at = seen_at - $1 * interval '1 ms'`, [ms]);
    },
    sweep: async () => {
      await admin.query(forgetTopics, [backboneLimits.keepMs * 1.25, 1, 5_000]);
    },
    close: () => admin.end(),
  };
}

/** A replica that has begun to connect. */
export function newPostgresBackbone(url: string, options: Partial<PostgresBackboneOptions> = {}): Backbone {
  return createPostgresBackbone({
    url: new Secret(url),
    replica: randomUUID(),
    timers: systemTimers,
    random: Math.random,
    log: { info: () => undefined, warn: () => undefined },
    ...options,
  });
}

/** Resolves when a replica has a way to the server. */
export async function untilUp(backbone: Backbone): Promise<void> {
  if (backbone.isUp) return;
  await new Promise<void>((resolve) => {
    const stop = backbone.onHint((about) => {
      if (about !== null || !backbone.isUp) return;
      stop();
      resolve();
    });
  });
}
