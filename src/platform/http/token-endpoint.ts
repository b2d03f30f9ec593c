import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { TokenAnswerWire } from '../../wire/token.wire';
import type { HttpServices } from './http-services';
import { Query } from './query';
import { Refusal } from './refusal';

const paths: readonly string[] = ['/ims/token/v3', '/ims/token/v2'];
const methods = ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'] as const;
const formType = 'application/x-www-form-urlencoded';
const longest = 4096;

/** True for the paths that give tokens out, and so ask for none. */
export function isTokenPath(path: string): boolean {
  return paths.includes(path.replace(/\/+$/, ''));
}

/**
 * `POST /ims/token/v3` and `/v2`: client credentials for a token, the parameters as a form or in the query string.
 *
 * Source: contract §2.1, quirk M21. Errors are OAuth's own (`[prop]`).
 */
export function addTokenEndpoint(app: FastifyInstance, services: HttpServices): void {
  void app.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(formType, { parseAs: 'string', bodyLimit: 65_536 }, (_request, body, parsed) =>
      parsed(null, formOf(body as string)),
    );
    scope.addContentTypeParser('*', (_request, _body, parsed) => parsed(wrongType()));
    for (const url of paths) {
      scope.route({ method: 'POST', url, handler: (request, reply) => issue(request, reply, services) });
      scope.route({
        method: [...methods],
        url,
        onRequest: refuseMethod,
        handler: refuseMethod,
      });
    }
    done();
  });
}

function formOf(body: string): Record<string, string[]> {
  const form = new Map<string, string[]>();
  for (const [name, value] of new URLSearchParams(body)) form.set(name, [...(form.get(name) ?? []), value]);
  return Object.fromEntries(form);
}

function issue(
  request: FastifyRequest,
  reply: FastifyReply,
  { tokens }: Pick<HttpServices, 'tokens'>,
): TokenAnswerWire {
  const read = (name: string): string | undefined => readParameter(request, name);
  const grantType = read('grant_type');
  if (grantType === undefined) throw refusal('invalid_request', 'The parameter grant_type is missing.');
  if (grantType !== 'client_credentials')
    throw refusal('unsupported_grant_type', 'Only the grant type client_credentials is supported here.');
  const [id, secret, scope] = [read('client_id'), read('client_secret'), read('scope')];
  if (id === undefined || !/^[\x21-\x7e]{1,256}$/.test(id))
    throw refusal('invalid_client', 'The parameter client_id is missing or malformed.', 401);
  if (secret === undefined || !tokens.knows({ id, secret }))
    throw refusal('invalid_client', 'The client is not known, or its secret is not this one.', 401);
  if (scope === undefined) throw refusal('invalid_scope', 'The parameter scope is missing.');
  void reply.header('cache-control', 'no-store');
  return {
    access_token: tokens.issue({ clientId: id, scope }),
    token_type: 'bearer',
    expires_in: tokens.lifeSeconds,
  };
}

/** Of the form, else of the query string; once only. */
function readParameter(request: FastifyRequest, name: string): string | undefined {
  const values = [request.body, request.query].flatMap((part) => new Query(part).all(name));
  const [value] = values;
  if (values.length > 1) throw refusal('invalid_request', `The parameter ${name} is there more than once.`);
  if (value !== undefined && value.length > longest)
    throw refusal('invalid_request', `The parameter ${name} is too long.`);
  return value;
}

function refuseMethod(): never {
  throw new Refusal({
    family: 'OAUTH',
    status: 405,
    code: 'invalid_request',
    message: 'A token is asked for with POST.',
    headers: { allow: 'POST' },
  });
}

function wrongType(): Refusal {
  return refusal('invalid_request', `The parameters are sent as ${formType}, or in the query string.`, 415);
}

function refusal(code: string, message: string, status = 400): Refusal {
  return new Refusal({ family: 'OAUTH', status, code, message });
}
