import type { FastifyRequest } from 'fastify';
import { orgIdPattern, sandboxNamePattern } from '../../wire/common.wire';
import type { Tenant } from '../records';
import type { IssuedTokens } from './issued-tokens';
import { Refusal } from './refusal';

/** RFC 6750's alphabet. */
const bearerPattern = /^Bearer ([A-Za-z0-9._~+/-]{1,8192}=*)$/i;
const apiKeyPattern = /^[\x21-\x7e]{1,256}$/;

/** Contract §2.2: a request from before there were sandboxes means the production one. */
const defaultSandbox = 'prod';

/**
 * Reads who asks, in the order in which Adobe's gateway checks: token, key, org, sandbox.
 *
 * Source: contract §2.2 and family A of §3. The code for a malformed sandbox and for a header sent twice is our own,
 * none is documented.
 * @param tokens checks the token too; without it the request has been checked before, and is only read.
 * @throws Refusal of family A.
 */
export function readCaller(request: FastifyRequest, tokens?: IssuedTokens): Tenant {
  refuseRepeated(request);
  const { authorization } = request.headers;
  if (authorization === undefined) throw gatewayRefusal('403010', 'Oauth token is missing.');
  const token = bearerPattern.exec(authorization)?.[1];
  if (token === undefined) throw invalidToken();
  const clientId = tokens === undefined ? undefined : readClient(token, tokens);
  const apiKey = headerOf(request, 'x-api-key');
  if (apiKey === undefined || apiKey === '') throw gatewayRefusal('403000', 'Api Key is required');
  const isOthersKey = clientId !== undefined && clientId !== apiKey;
  if (!apiKeyPattern.test(apiKey) || isOthersKey) throw gatewayRefusal('403003', 'Api Key is invalid');
  const orgId = headerOf(request, 'x-gw-ims-org-id');
  if (orgId === undefined || orgId === '') throw gatewayRefusal('400003', 'Missing header');
  if (!orgIdPattern.test(orgId)) throw gatewayRefusal('403027', 'User region is missing');
  const sandbox = headerOf(request, 'x-sandbox-name') ?? defaultSandbox;
  if (!sandboxNamePattern.test(sandbox))
    throw gatewayRefusal('400000', 'The x-sandbox-name header is not a sandbox name.');
  return { orgId, sandbox };
}

/** The client whose key must go with the token; undefined where any may. */
function readClient(token: string, tokens: IssuedTokens): string | undefined {
  const checked = tokens.check(token);
  if (checked.kind === 'refused' || (tokens.isRequired && checked.kind === 'foreign')) throw invalidToken();
  return tokens.isRequired && checked.kind === 'own' ? checked.clientId : undefined;
}

function invalidToken(): Refusal {
  return gatewayRefusal('401013', 'Oauth token is not valid');
}

function refuseRepeated(request: FastifyRequest): void {
  const seen = new Set<string>();
  const names = request.raw.rawHeaders
    .filter((_, index) => index % 2 === 0)
    .map((name) => name.toLowerCase());
  for (const name of names) {
    if (!seen.has(name)) seen.add(name);
    else if (callerHeaders.has(name))
      throw gatewayRefusal('400000', `The ${name} header is there more than once.`);
  }
}

const callerHeaders = new Set(['authorization', 'x-api-key', 'x-gw-ims-org-id', 'x-sandbox-name']);

function headerOf(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
}

/** The HTTP status is the first three digits of the code. */
function gatewayRefusal(code: string, message: string): Refusal {
  return new Refusal({ family: 'A', status: Number(code.slice(0, 3)), code, message });
}
