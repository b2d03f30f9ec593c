import type { Generated } from 'kysely';

/** The tables as Kysely sees them. Types that SQLite and PostgreSQL share: text, integer, bigint. */
export interface StateTables {
  audience_run: AudienceRunTable;
  audience_run_product: AudienceRunProductTable;
  external_audience: ExternalAudienceTable;
}

/** One row a run; the columns beside `body` are those that are searched by. */
export interface AudienceRunTable {
  readonly id: string;
  readonly org_id: string;
  readonly sandbox: string;
  readonly idempotency_key: string | null;
  readonly status: string;
  /** Rises with each change: who has read an older one may not write. */
  readonly version: number;
  /** ms */
  readonly created_at: number;
  readonly updated_at: number;
  /** JSON: the rest of the run. */
  readonly body: string;
  /** The replica that drives it; null: none, or the state is not shared. */
  readonly driver: string | null;
  /** Rises with each sign of life of the driver, and with each change of it. */
  readonly beat: Generated<number>;
  /** What it rests for. */
  readonly wait: 'CREDENTIAL' | 'UPSTREAM' | null;
}

/** What upstream belongs to a run; no two runs have the same. */
export interface AudienceRunProductTable {
  readonly org_id: string;
  readonly sandbox: string;
  /** segmentJob, dataset or exportJob. */
  readonly kind: string;
  readonly upstream_id: string;
  readonly run_id: string;
}

/** What audiences are called in destinations, one row for each template and segment. */
export interface ExternalAudienceTable {
  readonly org_id: string;
  readonly sandbox: string;
  readonly template_id: string;
  readonly segment_id: string;
  readonly phase: 'KEPT' | 'CREATING' | 'UNKNOWN';
  readonly external_id: string | null;
  /** ms */
  readonly changed_at: number;
}
