/** The error bodies of Adobe's services; families A to G of the REST contract, §3. */

/** A: the API gateway in front of every service. The HTTP status is the first three digits of the code. */
export interface GatewayProblemWire {
  error_code: string;
  message: string;
}

/** B: a change of an object that has changed since it was read. */
export interface VersionProblemWire {
  errorMessage: string;
}

/** C: Catalog and Data Access. */
export interface CatalogProblemWire {
  type: string;
  status: number;
  title: string;
  detail: string;
}

/** D: segmentation and profile configuration (UPS). `errors` is keyed by the HTTP status. */
export interface UpsProblemWire {
  requestId: string;
  errors: Record<string, UpsProblemItemWire[]>;
  type: string;
  title: string;
  status: number;
}

/**
 * `code` and `message` are Adobe's. The embedded platform adds the place of a PQL error, in UTF-16 offsets and in lines
 * and columns from 1; Adobe does not, so a reader must do without.
 */
export interface UpsProblemItemWire {
  code: number | string;
  message: string;
  from?: number;
  to?: number;
  line?: number;
  column?: number;
  suggestion?: string;
}

/** E: profile access. */
export interface ProfileAccessProblemWire {
  message?: string;
  cause?: string;
  statusCode: string;
  retryAfterMs?: string;
}

/** What a token endpoint says, in OAuth's own form (RFC 6749, 5.2). */
export interface TokenProblemWire {
  error: string;
  error_description: string;
}
