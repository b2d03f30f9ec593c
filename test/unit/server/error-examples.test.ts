import { GatewayDiskFull } from '../../../src/errors/gateway-state-error';
import { parseAllowedHosts } from '../../../src/lib/allowed-host';
import { UserErrorCode } from '../../../src/schema/user-error.type';
import { errorCodes, protocolCodes } from '../../../src/server/format-error';
import type { GatewayState } from '../../../src/state/open-gateway-state';
import { createPersistedDocuments } from '../../../src/server/persisted-documents';
import { startFakeUpstream } from '../../support/fake-upstream';
import type { FakeUpstream } from '../../support/fake-upstream';
import { readDocument } from '../../support/markdown';
import { startGateway } from '../../support/started-gateway';
import { openTemporaryState } from '../../support/temporary-state';
import type { StartedGateway } from '../../support/started-gateway';
import { faults, mistakes } from './error-scenarios';
import type { Scenario } from './error-scenarios';

interface AnyAnswer {
  readonly data?: Readonly<Record<string, { readonly userErrors?: readonly Told[] } | null>> | null;
  readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
}
interface Told {
  readonly code: string;
  readonly message: string;
}

let started: StartedGateway;
let strict: StartedGateway;
let destination: FakeUpstream;
let state: GatewayState;
let scenario: Scenario | null = null;

beforeAll(async () => {
  state = await openTemporaryState();
  destination = await startFakeUpstream(() => ({ status: 400, json: { why: 'No such account.' } }));
  strict = await startGateway(() => undefined, { persistedDocuments: createPersistedDocuments({}) });
  started = await startGateway(
    ({ method, path }) =>
      scenario?.replies?.[
        `${method} ${path.replace(/^\/data\/(core\/ups|foundation|core\/activation)/, '')}`
      ],
    {
      state: {
        ...state,
        audienceRuns: {
          ...state.audienceRuns,
          insert: (run) => {
            if (scenario === faults['DISK_FULL'])
              throw new GatewayDiskFull({ cause: new Error('SQLITE_FULL') });
            return state.audienceRuns.insert(run);
          },
        },
      },
      templateHosts: parseAllowedHosts(new URL(destination.url).host) ?? [],
      now: () => {
        if (scenario === faults['INTERNAL_SERVER_ERROR']) throw new TypeError('The clock is broken');
        return new Date('2026-01-01T00:00:00Z');
      },
    },
  );
});
afterAll(async () => {
  await started.close();
  await state.close();
  await strict.close();
  await destination.close();
});

async function run(code: string, asked: Scenario): Promise<string> {
  scenario = asked;
  const gateway = code === 'PERSISTED_QUERY_ONLY' ? strict : started;
  const body = typeof asked.asks === 'string' ? { query: asked.asks } : asked.asks;
  const { data, errors } = (await (await gateway.post(body)).json()) as AnyAnswer;
  const told: readonly Told[] = [
    ...(errors ?? []).map(({ message, extensions }) => ({ code: extensions.code, message })),
    ...Object.values(data ?? {}).flatMap((payload) => payload?.userErrors ?? []),
  ];
  expect({ code, told: told.map((one) => one.code) }).toEqual({ code, told: [code] });
  return row(code, asked.when, told[0]?.message ?? '');
}

function row(...cells: readonly string[]): string {
  const [code = '', ...others] = cells;
  return [`\`${code}\``, ...others].join(' | ').replaceAll('\n', ' ');
}

/** The rows of the table below a heading, without the padding of its columns. */
function rowsUnder(heading: string): string[] {
  const section = readDocument('docs/errors.md')
    .split(/^## /m)
    .find((part) => part.startsWith(`${heading}\n`));
  return (section ?? '')
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .slice(1, -1)
        .split(' | ')
        .map((cell) => cell.trim())
        .join(' | '),
    );
}

async function runAll(scenarios: Readonly<Record<string, Scenario>>): Promise<string[]> {
  const rows: string[] = [];
  for (const [code, asked] of Object.entries(scenarios)) rows.push(await run(code, asked));
  return rows;
}

describe('docs/errors.md', () => {
  it('shows each code of GraphQL errors as it really comes', async () => {
    expect(Object.keys(faults).sort()).toEqual([...errorCodes, ...protocolCodes].sort());
    expect(await runAll(faults)).toEqual(rowsUnder('Examples of GraphQL errors'));
  });

  it('shows each code of user errors as it really comes', async () => {
    const scenarios = mistakes(destination.url);
    expect(Object.keys(scenarios).sort()).toEqual(Object.values(UserErrorCode).sort());
    expect(await runAll(scenarios)).toEqual(rowsUnder('Examples of user errors'));
  });
});
