import { SegmentationError } from './segmentation-error';

/** What the embedded platform answers when it cannot do what was asked. `http/problem.ts` turns these into responses. */
export abstract class PlatformError extends SegmentationError {}

/** The named thing does not exist for this tenant, or never did. */
export class ResourceNotFound extends PlatformError {
  readonly code = 'RESOURCE_NOT_FOUND';

  constructor(
    /** In words, e.g. `segment definition`. */
    readonly resource: string,
    readonly resourceId: string,
  ) {
    super(`There is no ${resource} with id "${resourceId}".`);
  }
}

/** The request itself is wrong: the caller must change it. */
export class InvalidRequest extends PlatformError {
  readonly code = 'INVALID_REQUEST';

  constructor(
    message: string,
    /** The parts at fault, each with a message for people. */
    readonly faults: readonly { readonly path: string; readonly message: string }[] = [],
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
  }
}

/** The request is well-formed but clashes with what is kept, e.g. a name that is taken. */
export class ResourceConflict extends PlatformError {
  readonly code = 'RESOURCE_CONFLICT';
}

/** An export cannot be made as asked, e.g. it names a field that the schema does not have. */
export class ExportFailed extends PlatformError {
  readonly code = 'EXPORT_FAILED';
}

/** So many identities are linked to one that they are no single person any more; such a graph makes no profile. */
export class TooManyIdentities extends PlatformError {
  readonly code = 'TOO_MANY_IDENTITIES';
}

/** The data folder cannot be used: not writable, in use by another process, or damaged. */
export class StoreUnavailable extends PlatformError {
  readonly code = 'STORE_UNAVAILABLE';

  constructor(
    readonly reason: 'unwritable' | 'locked' | 'damaged' | 'closed',
    message: string,
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
  }
}

/** The disk that holds the data folder is full; works again, without a restart, once there is space. */
export class DiskFull extends PlatformError {
  readonly code = 'DISK_FULL';
}

/** The evaluation engine needs more memory than `PLATFORM_MEMORY_LIMIT` gives it; what asked for it failed alone. */
export class OutOfMemory extends PlatformError {
  readonly code = 'OUT_OF_MEMORY';

  constructor(options: { readonly cause: unknown }) {
    super(
      'The evaluation engine needs more memory for this than it may take. Raise PLATFORM_MEMORY_LIMIT and try again.',
      options,
    );
  }
}

/** A sandbox has so many previews that have not ended; the oldest has to end or be deleted first. */
export class TooManyPreviews extends PlatformError {
  readonly code = 'TOO_MANY_PREVIEWS';

  constructor(limit: number) {
    super(`Too many previews: ${limit} have not ended. Wait, or delete one.`);
  }
}
