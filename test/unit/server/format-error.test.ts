import { GraphQLError, parse } from 'graphql';
import { pino } from 'pino';
import { BadCursor } from '../../../src/errors/bad-cursor';
import { ExportFailed } from '../../../src/errors/platform-error';
import {
  UpstreamForbidden,
  UpstreamInvalidResponse,
  UpstreamNotFound,
  UpstreamRateLimited,
  UpstreamRejected,
  UpstreamTimeout,
  UpstreamUnauthorized,
  UpstreamUnavailable,
} from '../../../src/errors/upstream-error';
import { errorCodes, formatError } from '../../../src/server/format-error';

const failure = {
  service: 'segmentation',
  status: 503,
  errorCode: 'UPAPI-113430-404',
  title: 'Not found',
  requestId: 'adobe-1',
} as const;

function format(error: unknown): {
  readonly formatted: ReturnType<typeof formatError>;
  readonly log: string;
} {
  let log = '';
  const scope = { requestId: 'request-1', log: pino({}, { write: (line: string) => void (log += line) }) };
  return { formatted: formatError(error, scope), log };
}

/** As graphql-js wraps what a resolver throws. */
const thrown = (originalError: Error): GraphQLError =>
  new GraphQLError(originalError.message, { originalError, path: ['segment'] });

describe('formatError', () => {
  it.each([
    [new UpstreamUnauthorized('no', failure), 'UNAUTHENTICATED'],
    [new UpstreamForbidden('no', failure), 'FORBIDDEN'],
    [new UpstreamNotFound('no', failure), 'NOT_FOUND'],
    [new UpstreamRejected('no', failure), 'BAD_USER_INPUT'],
    [new UpstreamUnavailable('no', failure), 'UPSTREAM_UNAVAILABLE'],
    [new UpstreamTimeout('no', failure), 'UPSTREAM_TIMEOUT'],
    [new UpstreamInvalidResponse('no', failure), 'UPSTREAM_INVALID_RESPONSE'],
    [new BadCursor('it is of another list'), 'BAD_USER_INPUT'],
  ])('gives %s its code', (error, code) => {
    expect(format(thrown(error)).formatted.extensions).toMatchObject({ code, requestId: 'request-1' });
    expect(errorCodes).toContain(code);
  });

  it('says of a cursor that it is the cursor, for programs', () => {
    const { formatted } = format(thrown(new BadCursor('it is of another list')));
    expect(formatted.extensions).toMatchObject({ reason: 'BAD_CURSOR' });
  });

  it('tells what is known of the upstream call, and keeps the path', () => {
    const { formatted } = format(thrown(new UpstreamUnavailable('Adobe is away.', failure)));
    expect(formatted).toEqual({
      message: 'Adobe is away.',
      path: ['segment'],
      extensions: { code: 'UPSTREAM_UNAVAILABLE', requestId: 'request-1', upstream: failure },
    });
  });

  it('tells how long to wait', () => {
    const error = new UpstreamRateLimited('Slow down.', { ...failure, status: 429, retryAfterMs: 2000 });
    expect(format(thrown(error)).formatted.extensions).toMatchObject({
      code: 'RATE_LIMITED',
      retryAfterMs: 2000,
    });
  });

  it('says that a write may have been done', () => {
    const error = new UpstreamUnavailable('The answer was lost.', { ...failure, outcomeUnknown: true });
    expect(format(thrown(error)).formatted.extensions).toMatchObject({ outcome: 'UNKNOWN' });
  });

  it.each([
    ['a bug', thrown(new TypeError('Cannot read properties of undefined (reading secretThing)'))],
    ['an error that is not wrapped', new Error('at /srv/app/secretThing.js')],
    ['something that is no error', 'secretThing'],
    ['an error of another tower', thrown(new ExportFailed('secretThing'))],
    ['a scalar that a resolver got wrong', thrown(new GraphQLError('BigInt cannot represent secretThing'))],
    [
      'an error that names itself internal',
      new GraphQLError('secretThing', { extensions: { code: 'INTERNAL_SERVER_ERROR' } }),
    ],
  ])('hides %s and logs it', (_name, error) => {
    const { formatted, log } = format(error);
    expect(JSON.stringify(formatted)).not.toContain('secretThing');
    expect(formatted.extensions).toEqual({ code: 'INTERNAL_SERVER_ERROR', requestId: 'request-1' });
    expect(log).toContain('secretThing');
  });

  it('keeps what GraphQL itself refuses, with the protocol’s own code', () => {
    const error = new GraphQLError('Syntax Error', { extensions: { code: 'GRAPHQL_PARSE_FAILED' } });
    expect(format(error).formatted).toMatchObject({
      message: 'Syntax Error',
      extensions: { code: 'GRAPHQL_PARSE_FAILED' },
    });
  });

  it('prefers the code of a limit to the one of the wrapper around it', () => {
    const limit = new GraphQLError('Too much', { extensions: { code: 'QUERY_TOO_COMPLEX' } });
    const wrapper = new GraphQLError('Too much', {
      originalError: limit,
      extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
    });
    expect(format(wrapper).formatted.extensions?.['code']).toBe('QUERY_TOO_COMPLEX');
  });

  it('takes an argument that cannot be read for the author’s mistake', () => {
    const [node] = parse('{ segment(id: "1") { id } }').definitions;
    const argument = new GraphQLError('Expected a value', { nodes: node ?? null });
    const located = new GraphQLError(argument.message, { originalError: argument, path: ['segment'] });
    expect(format(located).formatted.extensions?.['code']).toBe('BAD_USER_INPUT');
  });

  it('cuts a long message short', () => {
    const error = new GraphQLError('x'.repeat(10_000), { extensions: { code: 'GRAPHQL_PARSE_FAILED' } });
    expect(format(error).formatted.message).toHaveLength(500);
  });
});
