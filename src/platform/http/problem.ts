import { InvalidRequest } from '../../errors/platform-error';
import { SegmentationError } from '../../errors/segmentation-error';
import { systemCodeOf } from '../../lib/system-code';
import type {
  CatalogProblemWire,
  GatewayProblemWire,
  ProfileAccessProblemWire,
  TokenProblemWire,
  UpsProblemItemWire,
  UpsProblemWire,
  VersionProblemWire,
} from '../../wire/problem.wire';
import type { ProblemFamily } from './refusal';
import { Refusal } from './refusal';

export interface ProblemAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body:
    | GatewayProblemWire
    | VersionProblemWire
    | CatalogProblemWire
    | UpsProblemWire
    | ProfileAccessProblemWire
    | ProfileAccessProblemWire[]
    | TokenProblemWire;
  /** True where the fault is ours: the log gets the whole error, the answer none of it. */
  readonly isOurs: boolean;
}

interface Fault {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly items: readonly UpsProblemItemWire[];
  readonly headers: Readonly<Record<string, string>>;
  readonly family: ProblemFamily | undefined;
  readonly isOurs: boolean;
}

/** The one table from an error's code to an HTTP status. A code that is not here is a fault of ours: 500. */
const statusOfCode: Readonly<Record<string, number>> = {
  RESOURCE_NOT_FOUND: 404,
  INVALID_REQUEST: 400,
  RESOURCE_CONFLICT: 422,
  TOO_MANY_IDENTITIES: 422,
  ILLEGAL_JOB_TRANSITION: 409,
  EXPORT_FAILED: 400,
  FIELD_CONFLICT: 422,
  TOO_MANY_PREVIEWS: 429,
  STORE_UNAVAILABLE: 503,
  DISK_FULL: 507,
  OUT_OF_MEMORY: 507,
};

/** What fastify itself refuses before a route is reached, by its code; all of it the caller's to change. */
const fastifyFaults: Readonly<
  Record<string, { readonly status: number; readonly message: string; readonly family?: 'C' }>
> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    status: 415,
    family: 'C',
    message: 'The content type is not supported here. Send application/json.',
  },
  FST_ERR_CTP_BODY_TOO_LARGE: { status: 413, message: 'The body is too large.' },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: {
    status: 400,
    message: 'The body does not have the length that its header tells.',
  },
  FST_ERR_CTP_INVALID_JSON_BODY: {
    status: 400,
    message: 'The body is not valid JSON, or holds the name __proto__ or constructor.prototype.',
  },
  FST_ERR_BAD_URL: { status: 400, message: 'The URL is not well-formed.' },
  FST_ERR_ASYNC_CONSTRAINT: { status: 400, message: 'The request is not well-formed.' },
};

const titles: Readonly<Record<number, string>> = {
  400: 'BadRequestError',
  404: 'NotFoundError',
  405: 'MethodNotAllowedError',
  409: 'ConflictError',
  412: 'PreconditionFailedError',
  413: 'PayloadTooLargeError',
  415: 'UnsupportedMediaTypeError',
  416: 'RangeNotSatisfiableError',
  422: 'UnprocessableEntityError',
  429: 'TooManyRequestsError',
  500: 'InternalServerError',
  503: 'ServiceUnavailableError',
  507: 'InsufficientStorageError',
};

/** Documented for a body that cannot be parsed or lacks a mandatory field; the number is not the status (quirk M12). */
const badBodyType = 'UPLIB-101206-500';

/**
 * Turns anything thrown into the error body of the family that the path belongs to: A for what the API gateway checks, B for a stale version,
 * E for profile access, D for the rest of `/data/core`, C for Catalog, Data Access and ingestion.
 */
export function toProblem(
  error: unknown,
  request: { readonly path: string; readonly requestId: string },
): ProblemAnswer {
  const fault = readFault(error);
  return { status: fault.status, headers: fault.headers, body: bodyOf(fault, request), isOurs: fault.isOurs };
}

function readFault(error: unknown): Fault {
  const plain = { items: [], headers: {}, family: undefined, isOurs: false };
  if (error instanceof Refusal) {
    const { status, code, message, items, headers, family } = error;
    return { status, code, message, items, headers, family, isOurs: false };
  }
  if (error instanceof InvalidRequest) {
    return { ...plain, status: 400, code: error.code, message: error.message, items: itemsOf(error) };
  }
  const status = error instanceof SegmentationError ? statusOfCode[error.code] : undefined;
  if (error instanceof SegmentationError && status !== undefined) {
    const headers = status === 503 ? { 'retry-after': '5' } : {};
    return { ...plain, status, code: error.code, message: error.message, headers };
  }
  const known = fastifyFaults[systemCodeOf(error)];
  if (known !== undefined) return { ...plain, ...known, code: 'INVALID_REQUEST' };
  const message = 'The platform failed at this request. Its log has the details under the request id.';
  return { ...plain, status: 500, code: 'INTERNAL_ERROR', message, isOurs: true };
}

function itemsOf({ code, faults }: InvalidRequest): readonly UpsProblemItemWire[] {
  return faults.map(({ path, message }) => {
    const isSentence = /^[A-Z]/.test(message);
    return {
      code,
      message: path === '' ? `The body ${message}` : `${path}${isSentence ? ':' : ''} ${message}`,
    };
  });
}

function bodyOf(
  fault: Fault,
  { path, requestId }: { readonly path: string; readonly requestId: string },
): ProblemAnswer['body'] {
  if (fault.family === 'A') return { error_code: fault.code, message: fault.message };
  if (fault.family === 'B') return { errorMessage: fault.message };
  if (path.startsWith('/ims/')) return tokenBody(fault);
  if (fault.family === 'C' || !path.startsWith('/data/core')) return catalogBody(fault);
  if (path.startsWith('/data/core/ups/access')) return profileAccessBody(fault);
  return upsBody(fault, requestId);
}

/** A list where there were too many requests, with the wait in ms (quirk M14). */
function profileAccessBody(fault: Fault): ProblemAnswer['body'] {
  const { status, headers } = fault;
  const problem = { message: textOf(fault), statusCode: String(status) };
  if (status !== 429) return problem;
  const seconds = headers['retry-after'];
  return [{ ...problem, ...(seconds === undefined ? {} : { retryAfterMs: String(Number(seconds) * 1000) }) }];
}

function tokenBody({ family, code, isOurs, message }: Fault): TokenProblemWire {
  const error = isOurs ? 'server_error' : 'invalid_request';
  return { error: family === 'OAUTH' ? code : error, error_description: message };
}

function catalogBody(fault: Fault): CatalogProblemWire {
  const { status } = fault;
  return { type: '/placeholder/type/uri', status, title: titleOf(status), detail: textOf(fault) };
}

/** For a body with one text. */
function textOf({ message, items }: Fault): string {
  return items.length === 0 ? message : sentenceOf(items.map((item) => item.message));
}

/** Several faults in one line. */
function sentenceOf(faults: readonly string[]): string {
  return `${faults.map((fault) => fault.replace(/\.$/u, '')).join('; ')}.`;
}

function upsBody({ status, code, message, items }: Fault, requestId: string): UpsProblemWire {
  const type = code === 'INVALID_REQUEST' && items.length > 0 ? badBodyType : code;
  return {
    requestId,
    errors: { [status]: items.length === 0 ? [{ code, message }] : [...items] },
    type: `https://ns.adobe.com/aep/errors/${type}`,
    title: titleOf(status),
    status,
  };
}

function titleOf(status: number): string {
  return titles[status] ?? 'Error';
}
