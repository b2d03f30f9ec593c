import type { FastifyRequest } from 'fastify';
import type { Trials } from '../jobs/trials';
import type { Tenant } from '../records';
import { adminPath } from './admin';
import { Refusal } from './refusal';

const messages = {
  429: 'Too many requests',
  500: 'Internal error',
  503: 'The service is unavailable for the moment',
} as const;

const codes = { 429: 'TOO_MANY_REQUESTS', 500: 'INTERNAL_ERROR', 503: 'SERVICE_UNAVAILABLE' } as const;

/** Answers a request as it was planned for its sandbox, in the words of the API that it belongs to. @throws Refusal */
export function refuseAsPlanned(trials: Trials, tenant: Tenant, request: FastifyRequest): void {
  const path = request.url.split('?')[0] ?? '';
  if (path === adminPath || path.startsWith(`${adminPath}/`)) return;
  const planned = trials.answerFor(tenant, { method: request.method, path });
  if (planned === undefined) return;
  const { status, retryAfterSeconds } = planned;
  throw new Refusal({
    status,
    code: codes[status],
    message: messages[status],
    headers: retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) },
  });
}
