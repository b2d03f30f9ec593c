import { openEngine, type Engine, type EngineLimits } from './engine/engine';
import { createDataViews, createEmptyViews } from './generation/data-views';
import type { SampleSession } from './platform-store';
import type { Snapshot } from './snapshot';
import type { UnionSchema } from '../../xdm/union-schema';

export interface SampleSessionParts {
  readonly limits: EngineLimits;
  readonly schema: UnionSchema;
  readonly snapshot: Snapshot;
  readonly signal: AbortSignal;
}

/** Opens the people of a snapshot for reading, where no other file can be reached, and takes the snapshot over. */
export async function openSampleSession(parts: SampleSessionParts): Promise<SampleSession> {
  const { limits, snapshot, signal } = parts;
  const { generation } = snapshot;
  let engine: Engine | undefined;
  try {
    const attach = generation === undefined ? [] : [{ path: generation.path, as: 'gen', readOnly: true }];
    engine = await openEngine({ limits, signal, attach });
    await createViews(engine, parts);
    return sessionOn(engine, parts);
  } catch (error) {
    engine?.close();
    snapshot.release();
    throw error;
  }
}

async function createViews(engine: Engine, { schema, snapshot }: SampleSessionParts): Promise<void> {
  if (snapshot.generation === undefined) {
    await createEmptyViews(engine, schema);
    return;
  }
  await createDataViews(engine, schema);
  await engine.run('CREATE VIEW memory.main.namespace AS SELECT * FROM gen.main.namespace');
}

function sessionOn(engine: Engine, { schema, snapshot }: SampleSessionParts): SampleSession {
  let closed = false;
  return {
    schema,
    profiles: snapshot.generation?.profiles ?? 0,
    rows: (sql, parameters) => engine.rows(sql, parameters),
    close: () => {
      if (!closed) {
        engine.close();
        snapshot.release();
      }
      closed = true;
      return Promise.resolve();
    },
  };
}
