import { randomBytes } from 'node:crypto';

/** What a contract suite is run against: an embedded platform always, Adobe's own sandbox where credentials exist. */
export interface ContractTarget {
  /** Origin. */
  readonly url: string;
  /** Authorization, x-api-key, x-gw-ims-org-id, x-sandbox-name. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Known once the target has started. */
export type GetTarget = () => ContractTarget;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON; null where there is no body. */
  readonly body: unknown;
  readonly bytes: Buffer;
}

export interface Asked {
  readonly body?: unknown;
  /** Instead of `body`: as it is. */
  readonly raw?: string | Buffer;
  /** Added to those of the target; null takes one away. */
  readonly headers?: Readonly<Record<string, string | null>>;
}

export const paths = {
  definitions: '/data/core/ups/segment/definitions',
  conversion: '/data/core/ups/segment/conversion',
  segmentJobs: '/data/core/ups/segment/jobs',
  exportJobs: '/data/core/ups/export/jobs',
  preview: '/data/core/ups/preview',
  estimate: '/data/core/ups/estimate',
  schedules: '/data/core/ups/config/schedules',
  mergePolicies: '/data/core/ups/config/mergePolicies',
  entities: '/data/core/ups/access/entities',
  datasets: '/data/foundation/catalog/dataSets',
  batches: '/data/foundation/catalog/batches',
  dataAccess: '/data/foundation/export',
  ingestion: '/data/foundation/import/batches',
  templates: '/data/core/activation/authoring/v1/audience-templates',
} as const;

export async function ask(target: ContractTarget, request: string, asked: Asked = {}): Promise<Answer> {
  const [method = 'GET', path = '/'] = request.split(' ');
  const headers: Record<string, string> = { ...target.headers };
  if (asked.body !== undefined || asked.raw !== undefined) headers['content-type'] = 'application/json';
  for (const [name, value] of Object.entries(asked.headers ?? {})) {
    if (value === null) delete headers[name];
    else headers[name] = value;
  }
  const body = asked.raw ?? (asked.body === undefined ? undefined : JSON.stringify(asked.body));
  const answer = await fetch(path.startsWith('http') ? path : target.url + path, {
    method,
    headers,
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : new Uint8Array(body) }),
  });
  const bytes = Buffer.from(await answer.arrayBuffer());
  const isJson = answer.headers.get('content-type')?.includes('application/json') === true;
  return {
    status: answer.status,
    headers: answer.headers,
    bytes,
    body: isJson && bytes.length > 0 ? (JSON.parse(bytes.toString()) as unknown) : null,
  };
}

/** The body of an answer that must be a success. */
export async function must<T>(target: ContractTarget, request: string, asked: Asked = {}): Promise<T> {
  const answer = await ask(target, request, asked);
  if (answer.status >= 300)
    throw new Error(`${request} answered ${answer.status}: ${answer.bytes.toString().slice(0, 500)}`);
  return answer.body as T;
}

/** Asks again and again until the answer is as wanted; jest's own time limit ends it otherwise. */
export async function untilAnswer<T>(
  target: ContractTarget,
  request: string,
  isWanted: (body: T) => boolean,
): Promise<T> {
  for (;;) {
    const body = await must<T>(target, request);
    if (isWanted(body)) return body;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export const terminal: readonly string[] = ['SUCCEEDED', 'FAILED', 'CANCELLED'];

/** One name per call, so that suites and runs do not meet, not even on a host that keeps what others made. */
let counter = 0;
const run = randomBytes(4).toString('hex');
export function uniqueName(what: string): string {
  counter += 1;
  return `${what} ${run}-${counter}`;
}

/** The same target in a sandbox that no other part of the suite uses. */
export function inSandboxOfItsOwn(target: GetTarget, name: string): GetTarget {
  const sandbox = uniqueName(name)
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]/g, '-')
    .slice(0, 40);
  return () => ({ ...target(), headers: { ...target().headers, 'x-sandbox-name': sandbox } });
}
