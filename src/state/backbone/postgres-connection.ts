import { Socket } from 'node:net';
import { Client } from 'pg';
import { invariant } from '../../lib/assert';
import { parsePostgresUrl } from '../../lib/postgres-url';
import type { Secret } from '../../lib/secret';
import { tlsOptions } from '../postgres-tls';
import type { PostgresCertificates } from '../postgres-tls';

/** One connection to PostgreSQL. Statements go out as they are asked for and are worked off in order. */
export interface Connection {
  /**
   * Runs one statement; without values it may be several, and gives nothing back then.
   *
   * @throws what the server says, or that the connection is gone.
   */
  query<Row>(text: string, values?: readonly unknown[]): Promise<readonly Row[]>;
  /** Ends it at once; what is under way fails. Needs nobody at the other end. */
  destroy(): void;
}

export interface ConnectionOptions {
  /** `postgres://…`; TLS as its `sslmode` says. */
  readonly url: Secret;
  readonly certificates?: PostgresCertificates;
  /** As the server shows it in `pg_stat_activity`. */
  readonly name: string;
  /** How long the server works on one statement. */
  readonly statementTimeoutMs: number;
  readonly connectTimeoutMs: number;
  /** Called once, with what is known of the cause. */
  readonly onLost: (cause: Error) => void;
  readonly onNotice?: (payload: string) => void;
}

/**
 * Opens a connection on which several statements may be under way: they are sent without waiting for the answers before.
 *
 * @throws where nobody answers in time, or lets us in.
 */
export async function openConnection(options: ConnectionOptions): Promise<Connection> {
  const address = parsePostgresUrl(options.url.reveal());
  invariant(address !== null, 'the configuration lets no other address through');
  // Made here, and not by the library, so that it can be cut: its own farewell waits for answers that may never come.
  const wire = new Socket();
  const client = new Client({
    connectionString: address.url,
    ssl: tlsOptions(address, options.certificates),
    application_name: options.name,
    connectionTimeoutMillis: options.connectTimeoutMs,
    keepAlive: true,
    stream: () => wire,
    pipeline: true,
  });
  let isLost = false;
  const lose = (cause: Error): void => {
    if (isLost) return;
    isLost = true;
    wire.destroy();
    options.onLost(cause);
  };
  client.on('error', lose);
  client.on('end', () => lose(new Error('the connection has ended')));
  client.on('notification', ({ payload = '' }) => options.onNotice?.(payload));
  const connection: Connection = {
    query: async <Row>(text: string, values: readonly unknown[] = []) => {
      const { rows } = await client.query(text, [...values]);
      return rows as readonly Row[];
    },
    destroy: () => {
      isLost = true;
      wire.destroy();
    },
  };
  try {
    await client.connect();
    await connection.query(prepareSession, [String(options.statementTimeoutMs)]);
    return connection;
  } catch (error) {
    connection.destroy();
    throw error;
  }
}

/** Nobody waits for an answer longer than that, so the server need not work longer either. */
const prepareSession = `
  select set_config('statement_timeout', $1, false),
         set_config('default_transaction_isolation', 'read committed', false)`;
