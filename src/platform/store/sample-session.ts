import { columnsOf, systemColumn } from '../../xdm/columns';
import { openEngine, type EngineLimits } from './engine/engine';
import { createEmptyViews, type DataViews } from './generation/data-views';
import type { SampleSession } from './api/sample-session';
import type { SampleEngines } from './sample-engines';
import type { Snapshot } from './snapshot';
import type { CompiledPass } from '../../pql';
import type { UnionSchema } from '../../xdm/union-schema';

export interface SampleSessionParts {
  readonly engines: SampleEngines;
  readonly limits: EngineLimits;
  readonly schema: UnionSchema;
  readonly snapshot: Snapshot;
  /** Holds a file as the snapshot does. @returns what lets it go. */
  readonly hold: (path: string) => () => void;
  readonly signal: AbortSignal;
}

/** Opens the people of a snapshot for reading, where no other file can be reached, and takes the snapshot over. */
export async function openSampleSession(parts: SampleSessionParts): Promise<SampleSession> {
  const { schema, snapshot } = parts;
  try {
    const reading = await openReading(parts);
    let isClosed = false;
    return {
      schema,
      profiles: snapshot.generation?.profiles ?? 0,
      codesOfSets: reading.codesOfSets,
      passSql: (pass) => reading.passSql(pass),
      profilesSql: (paths) => reading.profilesSql(paths),
      rows: (sql, parameters) => reading.rows(sql, parameters),
      close: () => {
        if (!isClosed) {
          reading.close();
          snapshot.release();
        }
        isClosed = true;
        return Promise.resolve();
      },
    };
  } catch (error) {
    snapshot.release();
    throw error;
  }
}

interface Reading extends Pick<SampleSession, 'codesOfSets' | 'passSql' | 'profilesSql' | 'rows'> {
  close(): void;
}

async function openReading({
  engines,
  limits,
  schema,
  snapshot,
  hold,
  signal,
}: SampleSessionParts): Promise<Reading> {
  const { generation } = snapshot;
  if (generation === undefined) {
    const engine = await openEngine({ limits, signal });
    try {
      await createEmptyViews(engine, schema);
    } catch (error) {
      engine.close();
      throw error;
    }
    return {
      codesOfSets: new Map(),
      passSql: ({ sql }) => sql,
      profilesSql: () => 'SELECT * FROM profile',
      rows: (sql, parameters) => engine.rows(sql, parameters),
      close: () => engine.close(),
    };
  }
  const { path } = generation;
  const borrowed = await engines.borrow({
    path,
    schema,
    limits,
    hold: () => hold(path),
    signal,
  });
  const { views, codesOfSets } = borrowed;
  return {
    codesOfSets,
    passSql: (pass) => passOver(pass, views),
    profilesSql: (paths) => {
      const columns = columnsOf(schema.profile).filter((column) => paths.includes(column.path));
      return views.select('profile', columns, [systemColumn.pid, systemColumn.xid]);
    },
    rows: (sql, parameters) => borrowed.rows(sql, parameters),
    close: () => borrowed.giveBack(),
  };
}

/**
 * A pass over the stored columns that it reads, each table in place: the engine plans a simple rule in half the time that
 * it takes with `narrowed`. Only where events are told apart by their place, which `select` has no name for, is it that.
 */
function passOver({ sql, sqlOver, columns }: CompiledPass, { narrowed, select }: DataViews): string {
  if (columns.row) return narrowed(sql, columns);
  const { pid, set } = systemColumn;
  return sqlOver({
    profile: `(${select('profile', columns.profile, columns.set ? [pid, set] : [pid])})`,
    event: `(${select('event', columns.event, [pid])})`,
  });
}
