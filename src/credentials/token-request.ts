import { codeWord } from '../lib/code-word';
import { request } from 'undici';
import type { Dispatcher } from 'undici';
import { isRecord } from '../lib/is-record';
import { parseJson } from '../lib/parse-json';
import type { Secret } from '../lib/secret';

export interface ClientCredentials {
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: Secret;
  /** As Adobe writes them, with commas between. */
  readonly scopes: string;
}

export type TokenOutcome =
  | { readonly kind: 'token'; readonly token: string; readonly lifeMs: number }
  /** The token service knows what it does not like; asking again does not help. `error` is its code. */
  | { readonly kind: 'refused'; readonly status: number; readonly error: string | null }
  | { readonly kind: 'unavailable'; readonly why: string; readonly retryAfterMs: number | null };

const timeoutMs = 5_000;
const maxBodyBytes = 64 * 1024;
const tokenPattern = /^[\x21-\x7e]{1,8192}$/;
/** For an answer that does not say how long its token lives. */
const assumedLifeMs = 3_600_000;
/** More than this many seconds (eleven days) are milliseconds (quirk D8). */
const mostSeconds = 1_000_000;

/**
 * Asks for a token by client credentials: a form as POST, one attempt of at most five seconds, no redirects.
 *
 * Source: contract §2.1, quirks D8 and M21. Never throws; no outcome holds the secret or words of the service's own.
 */
export async function requestToken(
  credentials: ClientCredentials,
  dispatcher: Dispatcher,
): Promise<TokenOutcome> {
  const { tokenUrl, clientId, clientSecret, scopes } = credentials;
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret.reveal(),
    scope: scopes,
  });
  try {
    const response = await request(tokenUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      body: form.toString(),
      signal: AbortSignal.timeout(timeoutMs),
      dispatcher,
    });
    return judge(response, await readBody(response));
  } catch (error) {
    const isLate = error instanceof Error && error.name === 'TimeoutError';
    const code = isRecord(error) && typeof error['code'] === 'string' ? error['code'] : 'no connection';
    return { kind: 'unavailable', why: isLate ? 'no answer in time' : code, retryAfterMs: null };
  }
}

function judge({ statusCode, headers }: Dispatcher.ResponseData, body: unknown): TokenOutcome {
  if (statusCode === 200) return readToken(body);
  if (statusCode >= 400 && statusCode <= 499 && statusCode !== 408 && statusCode !== 429) {
    const error = isRecord(body) ? body['error'] : undefined;
    return { kind: 'refused', status: statusCode, error: codeWord(error) };
  }
  const seconds = Number(headers['retry-after']);
  const retryAfterMs = Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : null;
  return { kind: 'unavailable', why: `status ${String(statusCode)}`, retryAfterMs };
}

function readToken(body: unknown): TokenOutcome {
  const token = isRecord(body) ? body['access_token'] : undefined;
  if (!isRecord(body) || typeof token !== 'string' || !tokenPattern.test(token))
    return { kind: 'unavailable', why: 'an answer without a token', retryAfterMs: null };
  const told = Number(body['expires_in']);
  const isTold = Number.isFinite(told) && told > 0;
  const lifeMs = isTold ? (told > mostSeconds ? told : told * 1000) : assumedLifeMs;
  return { kind: 'token', token, lifeMs };
}

/** Null for what is no JSON, or longer than any token answer. */
async function readBody({ body }: Dispatcher.ResponseData): Promise<unknown> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > maxBodyBytes) return null;
    chunks.push(chunk);
  }
  try {
    return parseJson(Buffer.concat(chunks).toString('utf8'));
  } catch {
    return null;
  }
}
