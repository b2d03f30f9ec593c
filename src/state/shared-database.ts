import { Kysely, PostgresDialect } from 'kysely';
import type { PostgresPool, PostgresPoolClient } from 'kysely';
import { Pool } from 'pg';
import type { PoolClient } from 'pg';
import { SharedStateUnavailable } from '../errors/gateway-state-error';
import { invariant } from '../lib/assert';
import { parsePostgresUrl } from '../lib/postgres-url';
import type { Secret } from '../lib/secret';
import { systemCodeOf } from '../lib/system-code';
import type { Timers } from '../lib/timers';
import { within } from './backbone/within';
import { bringUpToDate } from './migrations';
import type { StateDatabase } from './open-database';
import { outageReasonOf, UnfitServer } from './outage-reason';
import { tlsOptions } from './postgres-tls';
import type { PostgresCertificates } from './postgres-tls';
import type { StateTables } from './tables';

export interface SharedDatabaseOptions {
  /** `postgres://…`; TLS as its `sslmode` says. */
  readonly url: Secret;
  readonly certificates?: PostgresCertificates;
  readonly timers: Timers;
  /** Hears once that it is away, and once that it is there. */
  readonly log: {
    info(about: object, message: string): void;
    warn(about: object, message: string): void;
  };
  /** How long an answer is waited for, in ms; 4,000 unless told. */
  readonly answerTimeoutMs?: number;
}

const mostConnections = 4;
const connectTimeoutMs = 2_000;
const defaultAnswerTimeoutMs = 4_000;
/** The server gives up before we do: then it is known that nothing was written. */
const statementTimeoutMs = 3_000;
const farewellMs = 1_000;
const stepTables = {
  migrationTableName: 'gateway_migration',
  migrationLockTableName: 'gateway_migration_lock',
};

/**
 * The state in PostgreSQL. Needs no server at first: each use tries to reach it, and the first that does brings the tables
 * up to date. Whatever goes wrong is SharedStateUnavailable, which quotes neither statements nor the address.
 */
export function openSharedDatabase(options: SharedDatabaseOptions): StateDatabase {
  const pool = openPool(options);
  const watch = new Watch(options.log);
  const unguarded = new Kysely<StateTables>({ dialect: new PostgresDialect({ pool }) });
  const prepared = new WeakSet<PoolClient>();
  let tables: Promise<void> | null = null;
  const prepareTables = (): Promise<void> => {
    tables ??= prepare(unguarded).catch((error: unknown) => {
      tables = null;
      throw error;
    });
    return tables;
  };
  const connect = async (): Promise<PostgresPoolClient> => {
    try {
      await prepareTables();
      const client = await pool.connect();
      if (!prepared.has(client)) await prepareSession(client);
      prepared.add(client);
      watch.isThere();
      return guard(client, watch);
    } catch (cause) {
      watch.isAway(cause);
      throw new SharedStateUnavailable({ outcomeUnknown: false, cause });
    }
  };
  const end = async (): Promise<void> => {
    // A server that has fallen silent answers no farewell.
    await within({ timers: options.timers, ms: farewellMs, work: pool.end() }).catch(() => undefined);
  };
  const guarded: PostgresPool = { connect, end };
  return new Kysely<StateTables>({ dialect: new PostgresDialect({ pool: guarded }) });
}

function openPool({
  url,
  certificates,
  answerTimeoutMs = defaultAnswerTimeoutMs,
}: SharedDatabaseOptions): Pool {
  const address = parsePostgresUrl(url.reveal());
  invariant(address !== null, 'the configuration lets no other address through');
  const pool = new Pool({
    connectionString: address.url,
    ssl: tlsOptions(address, certificates),
    application_name: 'audience-gateway (state)',
    max: mostConnections,
    connectionTimeoutMillis: connectTimeoutMs,
    query_timeout: answerTimeoutMs,
    keepAlive: true,
    allowExitOnIdle: true,
  });
  // Of a connection that nobody uses: whoever comes next gets another one.
  pool.on('error', () => undefined);
  // While one is in use nobody else listens, and an error that is not heard would end the process.
  pool.on('connect', (client) => void client.on('error', () => undefined));
  return pool;
}

async function prepare(db: StateDatabase): Promise<void> {
  const unknown = await bringUpToDate(db, stepTables);
  if (unknown.length > 0)
    throw new UnfitServer(
      `The shared state was written by a newer release (${unknown.join(', ')}). Start that release, or give this one a database of its own.`,
    );
}

async function prepareSession(client: PoolClient): Promise<void> {
  try {
    await client.query(
      `select set_config('statement_timeout', $1, false), set_config('default_transaction_isolation', 'read committed', false)`,
      [String(statementTimeoutMs)],
    );
  } catch (error) {
    client.release(true);
    throw error;
  }
}

/** One connection, from when it was taken until it is given back; one that fell silent is not used again. */
function guard(client: PoolClient, watch: Watch): PostgresPoolClient {
  let isLost = false;
  let isInTransaction = false;
  const lose = (): void => void (isLost = true);
  client.on('error', lose);
  const query = async (sql: string, parameters: readonly unknown[]) => {
    // What was not committed is gone with its connection.
    if (isLost && sql === 'rollback') return { command: 'ROLLBACK', rowCount: 0, rows: [] };
    try {
      const { command, rowCount, rows } = await client.query(sql, [...parameters]);
      isInTransaction = sql === 'begin' || (isInTransaction && sql !== 'commit' && sql !== 'rollback');
      return { command, rowCount, rows };
    } catch (cause) {
      const isRefusal = isAnswer(cause);
      if (!isRefusal) isLost = true;
      watch.isAway(cause);
      const mayBeWritten = sql === 'commit' || (!isInTransaction && !/^(select|begin)\b/i.test(sql));
      throw new SharedStateUnavailable({ outcomeUnknown: mayBeWritten && !isRefusal, cause });
    }
  };
  return {
    query: query as unknown as PostgresPoolClient['query'],
    release: () => {
      client.off('error', lose);
      client.release(isLost);
    },
  };
}

/** By its SQLSTATE: true where the server has said that a statement was not done; false where it fell silent, or is going. */
function isAnswer(cause: unknown): boolean {
  return /^(?!08|57P)(?=.*\d)[0-9A-Z]{5}$/.test(systemCodeOf(cause));
}

/** Tells those who run the gateway when the state goes and comes, once each. */
class Watch {
  private reason: string | null = null;

  constructor(private readonly log: SharedDatabaseOptions['log']) {}

  isThere(): void {
    if (this.reason !== null) this.log.info({}, 'the shared state is there again');
    this.reason = null;
  }

  isAway(cause: unknown): void {
    const reason = outageReasonOf(cause);
    if (reason !== this.reason)
      this.log.warn(
        { reason },
        'the shared state is away: no audience runs, and no audiences of destinations',
      );
    this.reason = reason;
  }
}
