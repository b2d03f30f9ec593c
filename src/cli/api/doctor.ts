import type { AudienceClient } from '../../client';
import { AudienceError } from '../../client';
import type { ExitCode } from '../../errors/command-error';
import type { Connection } from './connection';
import type { ApiDocument, Row } from './verb';

/** One question of the doctor, and what came of it. */
interface Finding {
  readonly what: 'url' | 'token' | 'org' | 'sandbox' | 'upstream';
  readonly result: 'ok' | 'failed' | 'not asked';
  readonly words: string;
  /** What to do about it. */
  readonly remedy?: string;
}

export const doctorDocuments: readonly ApiDocument[] = [
  {
    text: `query DoctorSession {
      result: session {
        orgId sandbox upstream credential tokenExpiresAt
        services { name circuit lastError }
      }
    }`,
    rows: 'result',
    columns: [],
  },
  // One cheap read that is the upstream's to allow: it needs the token, the org and the sandbox.
  {
    text: 'query DoctorRead { result: segments(first: 1) { pageInfo { hasNextPage } } }',
    rows: 'result',
    columns: [],
  },
];
const [sessionText = '', readText = ''] = doctorDocuments.map(({ text }) => text);

interface SessionAnswer {
  readonly result: {
    readonly orgId: string;
    readonly sandbox: string;
    readonly upstream: string;
    readonly credential: string;
    readonly tokenExpiresAt: string | null;
    readonly services: readonly {
      readonly name: string;
      readonly circuit: string;
      readonly lastError: string | null;
    }[];
  };
}

/** Looks at the URL, the token, the org and the sandbox one after the other, and says what to mend. */
export async function examine(
  client: AudienceClient,
  { url, headers }: Connection,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const session = await attempt(() => client.query<SessionAnswer, Row>(sessionText, {}, { signal }));
  if ('error' in session) return explainSession(session.error, url);
  const { orgId, sandbox, upstream, credential, tokenExpiresAt, services } = session.value.result;
  const known: readonly Finding[] = [
    {
      what: 'url',
      result: 'ok',
      words: `${url} answers, in front of ${upstream === 'ADOBE' ? 'Adobe' : 'the embedded platform'}`,
    },
  ];
  const read = await attempt(() => client.query<unknown, Row>(readText, {}, { signal }));
  if ('error' in read) return [...known, ...explainRead(read.error, { orgId, sandbox })];
  const lender = headers['authorization'] === undefined ? 'the gateway lends one' : 'it is taken';
  const end = tokenExpiresAt === null ? '' : `, good until ${tokenExpiresAt}`;
  const tired = services.filter(({ circuit }) => circuit !== 'CLOSED');
  return [
    ...known,
    { what: 'token', result: 'ok', words: `${credential === 'PASS_THROUGH' ? 'it is taken' : lender}${end}` },
    { what: 'org', result: 'ok', words: orgId },
    { what: 'sandbox', result: 'ok', words: sandbox },
    tired.length === 0
      ? { what: 'upstream', result: 'ok', words: 'every service answers' }
      : {
          what: 'upstream',
          result: 'failed',
          words: tired
            .map(({ name, lastError }) => `${name} rests${lastError === null ? '' : `: ${lastError}`}`)
            .join('; '),
          remedy: 'Wait some seconds; the gateway tries again by itself.',
        },
  ];
}

/** The findings as lines, and the exit code: 0, 2 for the URL, 5 for a credential, 6 for the upstream. */
export function toReport(findings: readonly Finding[]): {
  readonly text: string;
  readonly exitCode: ExitCode;
} {
  const marks = { ok: 'ok', failed: 'FAILED', 'not asked': '-' } as const;
  const lines = findings.flatMap(({ what, result, words, remedy }) => [
    `${what.padEnd(9)} ${marks[result].padEnd(7)} ${words}`.trimEnd(),
    ...(remedy === undefined ? [] : [`${' '.repeat(18)}${remedy}`]),
  ]);
  const failed = findings.find(({ result }) => result === 'failed');
  const exitCode = failed === undefined ? 0 : exitCodes[failed.what];
  return { text: `${lines.join('\n')}\n`, exitCode };
}

const exitCodes = { url: 6, token: 5, org: 5, sandbox: 5, upstream: 6 } as const;

function explainSession(error: AudienceError, url: string): readonly Finding[] {
  switch (error.code) {
    case 'NETWORK_ERROR':
      return stopAt(
        'url',
        error.message,
        'Start a gateway with npm start, or say where it is by --url or AUDIENCE_URL.',
      );
    case 'INVALID_RESPONSE':
      return stopAt(
        'url',
        `What answers at ${url} is no gateway.`,
        'Say where the gateway is by --url or AUDIENCE_URL.',
      );
    case 'UNAUTHENTICATED':
    case 'BAD_USER_INPUT':
      return explainHeader(error.message);
    default:
      return stopAt('url', `${error.code}: ${error.message}`, 'Look into the log of the gateway.');
  }
}

/** The gateway itself says which of the four headers is missing or malformed. */
function explainHeader(message: string): readonly Finding[] {
  if (message.includes('x-gw-ims-org-id'))
    return stopAt('org', message, 'Say the IMS org by --org or AUDIENCE_ORG, e.g. 1234ABCD@AdobeOrg.');
  if (message.includes('x-sandbox-name'))
    return stopAt('sandbox', message, 'Say the sandbox by --sandbox or AUDIENCE_SANDBOX, e.g. prod.');
  if (message.includes('x-api-key'))
    return stopAt('token', message, 'Say the API key by --api-key or AUDIENCE_API_KEY.');
  return stopAt('token', message, 'Say a token by AUDIENCE_TOKEN or --token.');
}

function explainRead(
  error: AudienceError,
  { orgId, sandbox }: { readonly orgId: string; readonly sandbox: string },
): readonly Finding[] {
  const words = `${error.message} ${error.upstream?.title ?? ''}`;
  const code = error.upstream?.errorCode ?? '';
  const isAbout = (pattern: RegExp): boolean => pattern.test(words);
  if (error.code === 'UNAUTHENTICATED')
    return stopAt('token', error.message, 'Get a fresh token; it ends after 24 hours at most.', 'url');
  if (error.code !== 'FORBIDDEN' && error.code !== 'NOT_FOUND')
    return stopAt(
      'upstream',
      `${error.code}: ${error.message}`,
      'Try again later; the gateway itself answers.',
      'url',
    );
  if (isAbout(/api key/i))
    return stopAt(
      'token',
      error.message,
      'Say the API key that the token was made for, by --api-key.',
      'url',
    );
  if (isAbout(/sandbox/i))
    return stopAt(
      'sandbox',
      `${sandbox}: ${error.message}`,
      'Say a sandbox of this org that you may use, by --sandbox.',
      'url',
    );
  if (code.startsWith('403025') || code.startsWith('403027') || isAbout(/\borg|profile is not valid|region/i))
    return stopAt(
      'org',
      `${orgId}: ${error.message}`,
      'Say the org that the token was made for, by --org.',
      'url',
    );
  return stopAt(
    'sandbox',
    `${sandbox} of ${orgId}: ${error.message}`,
    'Ask for the permission at Adobe, or say another --sandbox or --org.',
    'url',
  );
}

const order = ['url', 'token', 'org', 'sandbox', 'upstream'] as const;

/** What failed, what was well before it, and what could not be asked behind it. */
function stopAt(
  what: Finding['what'],
  words: string,
  remedy: string,
  told?: Finding['what'],
): readonly Finding[] {
  const at = order.indexOf(what);
  return order
    .filter((name) => name !== told)
    .map((name) => {
      if (name === what) return { what, result: 'failed', words, remedy };
      if (order.indexOf(name) > at || what === 'upstream')
        return { what: name, result: 'not asked', words: '' };
      return { what: name, result: 'ok', words: '' };
    });
}

async function attempt<Value>(
  call: () => Promise<Value>,
): Promise<{ readonly value: Value } | { readonly error: AudienceError }> {
  try {
    return { value: await call() };
  } catch (error) {
    if (error instanceof AudienceError) return { error };
    throw error;
  }
}
