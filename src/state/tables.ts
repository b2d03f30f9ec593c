/** The tables as Kysely sees them. Types that SQLite and PostgreSQL share: text, integer, bigint. */
export interface StateTables {
  audience_run: AudienceRunTable;
  audience_run_product: AudienceRunProductTable;
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
