/** Whose it is: nobody else may see it. */
export interface Tenant {
  readonly orgId: string;
  readonly sandbox: string;
}

export type AudienceRunStatus = 'RUNNING' | 'CANCELLING' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED';
export type AudienceRunStep = 'EVALUATE' | 'CREATE_DATASET' | 'EXPORT' | 'DONE';

/** What a run makes upstream. */
export type ProductKind = 'segmentJob' | 'dataset' | 'exportJob';

/** How far a run has come with one thing that it makes upstream. */
export type Product =
  | { readonly kind: 'none' }
  /**
   * It is about to be made, or has been and the answer was lost. `baseline`: the newest ids of its kind from before; what
   * was made since is newer than these.
   */
  | { readonly kind: 'intended'; readonly baseline: readonly string[] }
  /** `hasEnded`: a job that will not change again. */
  | { readonly kind: 'made'; readonly id: string; readonly hasEnded: boolean }
  /** A dataset that the run was told to write to. */
  | { readonly kind: 'given'; readonly id: string }
  /** Undone when the run was cancelled, or failed before anything was written. */
  | { readonly kind: 'removed'; readonly id: string };

/** What a run is to do, fixed when it starts. The bodies are the upstream's, complete but for the dataset's id. */
export interface AudienceRunPlan {
  readonly segmentIds: readonly string[];
  /** Null where the dataset is given. */
  readonly datasetBody: Readonly<Record<string, unknown>> | null;
  readonly exportBody: Readonly<Record<string, unknown>>;
}

/** Why a run failed, or what of a cancelled one could not be undone. */
export interface AudienceRunError {
  readonly step: AudienceRunStep;
  readonly code: string | null;
  /** As the upstream said it, where it did. */
  readonly message: string;
  readonly hint: string | null;
}

/** One audience run as it is kept. Holds no token and no part of one. */
export interface AudienceRunRecord extends Tenant {
  readonly id: string;
  readonly idempotencyKey: string | null;
  /** Of what the caller sent: tells whether a repeated key came with the same input. */
  readonly inputDigest: string;
  readonly plan: AudienceRunPlan;
  readonly status: AudienceRunStatus;
  readonly step: AudienceRunStep;
  readonly segmentJob: Product;
  readonly dataset: Product;
  readonly exportJob: Product;
  readonly error: AudienceRunError | null;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** True where the run will not change again. */
export function hasEnded({ status }: Pick<AudienceRunRecord, 'status'>): boolean {
  return status === 'SUCCEEDED' || status === 'FAILED' || status === 'CANCELLED';
}
