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
    return sessionOn(engine, parts, await createViews(engine, parts));
  } catch (error) {
    engine?.close();
    snapshot.release();
    throw error;
  }
}

/** @returns the SQL of a pass over the people of the snapshot. */
async function createViews(
  engine: Engine,
  { schema, snapshot }: SampleSessionParts,
): Promise<SampleSession['passSql']> {
  if (snapshot.generation === undefined) {
    await createEmptyViews(engine, schema);
    return ({ sql }) => sql;
  }
  const { narrowed } = await createDataViews(engine, schema);
  return ({ sql, columns }) => narrowed(sql, columns);
}

function sessionOn(
  engine: Engine,
  { schema, snapshot }: SampleSessionParts,
  passSql: SampleSession['passSql'],
): SampleSession {
  let closed = false;
  return {
    schema,
    profiles: snapshot.generation?.profiles ?? 0,
    passSql,
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
