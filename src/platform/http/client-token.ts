import type { FastifyRequest } from 'fastify';
import { Refusal } from './refusal';

/**
 * The client's own name for what it wants, so that asking again after a lost answer makes no second job. Adobe documents
 * none; the header is that of the IETF's draft "The Idempotency-Key HTTP Header Field". Undefined where it is not sent.
 * @throws Refusal 400 for one that cannot be a token.
 */
export function readClientToken({ headers }: FastifyRequest): string | undefined {
  const token = headers['idempotency-key'];
  if (token === undefined) return undefined;
  if (typeof token === 'string' && /^[\x21-\x7e]{1,128}$/u.test(token)) return token;
  throw new Refusal({
    status: 400,
    code: 'INVALID_REQUEST',
    message: 'The Idempotency-Key header must be 1 to 128 visible ASCII characters.',
  });
}
