import type { Generated } from 'kysely';

/**
 * The tables of `platform.sqlite`. Each noun has its key columns, by which it is found and sorted, and the record
 * itself as JSON in `body`; where both hold a value, the column is the truth. Times are epoch milliseconds.
 */
export interface TenantColumns {
  readonly org_id: string;
  readonly sandbox: string;
}

/** Columns that every kept noun has. */
export interface DocumentTable extends TenantColumns {
  readonly id: string;
  readonly name: string;
  readonly created_at: number;
  readonly updated_at: number;
  readonly body: string;
}

export interface SegmentDefinitionTable extends DocumentTable {
  readonly continuous: number;
  readonly synchronous: number;
}

export interface BatchTable extends DocumentTable {
  readonly dataset_id: string;
  readonly direction: string;
  readonly status: string;
}

interface JobColumns extends TenantColumns {
  readonly status: string;
  readonly progress: number;
  readonly created_at: number;
  readonly updated_at: number;
  readonly body: string;
}

export interface SegmentJobTable extends JobColumns {
  readonly id: string;
  readonly schedule_id: string | null;
  readonly scheduled_for: number | null;
}

/** Which segments a job is about, for the list filter. */
export interface SegmentOfJobTable extends TenantColumns {
  readonly job_id: string;
  readonly segment_id: string;
}

export interface ExportJobTable extends JobColumns {
  readonly id: number;
}

/** Counters that hand out ascending numbers, per tenant. */
export interface SequenceTable extends TenantColumns {
  readonly name: string;
  readonly value: number;
}

export interface FieldTable extends TenantColumns {
  /** Order in which fields were found. */
  readonly seq: Generated<number>;
  readonly entity: string;
  readonly path: string;
  /** The XDM type as JSON. */
  readonly type: string;
  /** `import` or `operator`. A type that an import inferred may widen; one that an operator gave does not. */
  readonly origin: string;
}

/** The typed rows of one ingested batch: what every generation is built from. */
export interface FragmentTable extends TenantColumns {
  /** Order of ingestion: the newer wins. */
  readonly seq: Generated<number>;
  readonly batch_id: string;
  readonly dataset_id: Generated<string>;
  readonly entity: string;
  /** File name in the tenant's `fragments` folder, or the name of a folder there with a pattern: `name/*.parquet`. */
  readonly file: string | null;
  readonly rejects_file: string | null;
  /** The columns of the file as JSON: `[{ column, path, type }]`. */
  readonly columns: string;
  readonly created_at: number;
}

/** The generation that is current for a merge rule: this row, and nothing on disk, makes it so. */
export interface GenerationTable extends TenantColumns {
  /** The key of the rule. */
  readonly merge_rule: string;
  /** `seq` of the newest fragment in it; it is stale once there is a newer one. */
  readonly data_version: number;
  readonly number: number;
  readonly file: string;
  readonly profiles: number;
  readonly events: number;
  readonly created_at: number;
}

/** Which file holds the current memberships of a segment. */
export interface MembershipHeadTable extends TenantColumns {
  readonly segment_id: string;
  readonly file: string;
  /** The rule by whose generation the file numbers people. */
  readonly merge_rule: string;
}

/** What belongs to the whole platform and to no tenant. */
export interface SettingTable {
  readonly name: string;
  readonly value: string;
}

export interface MetadataTables {
  readonly setting: SettingTable;
  readonly external_audience: DocumentTable;
  readonly tenant: TenantColumns & { readonly created_at: number };
  readonly segment_definition: SegmentDefinitionTable;
  readonly segment_job: SegmentJobTable;
  readonly segment_of_job: SegmentOfJobTable;
  readonly export_job: ExportJobTable;
  readonly schedule: DocumentTable;
  readonly audience_template: DocumentTable;
  readonly merge_policy: DocumentTable;
  readonly dataset: DocumentTable;
  readonly batch: BatchTable;
  readonly sequence: SequenceTable;
  readonly profile_field: FieldTable;
  readonly profile_fragment: FragmentTable;
  readonly profile_generation: GenerationTable;
  readonly membership_head: MembershipHeadTable;
}
