/** @jest-environment ./test/support/dom-environment.ts */
import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { createElement } from 'react';
import type { FunctionComponent } from 'react';
import type { AudienceClient } from '../../../src/client';
import { listSegments, makeSegment, removeSegment } from '../../support/client-operations';
import { buildDocumentedProgram } from '../../support/documented-program';
import type { DocumentedProgram } from '../../support/documented-program';
import { createShopPeople, profileOf } from '../../support/shop-people';
import { startRoad } from '../../support/start-road';
import type { Road } from '../../support/start-road';

const names = ['Berlin', 'Calais', 'Dublin', 'Evora', 'Fulda'];
const people = createShopPeople(12);
const french = people.filter(({ country }) => country === 'FR').length;
const patience = { timeout: 10_000 };

let road: Road;
let program: DocumentedProgram;
let segmentId: string;

const load = <T extends object>(name: string): T => jest.requireActual<T>(program.compiled(name));

beforeAll(async () => {
  road = await startRoad({
    platform: { paceMs: 150, threads: 1, admin: true },
    gateway: { allowedOrigins: [window.location.origin] },
  });
  await road.ingest('profile', people.map(profileOf));
  for (const name of names) {
    const { createSegment } = await road.run(makeSegment, {
      input: { name, expression: { text: 'homeAddress.countryCode = "FR"' } },
    });
    segmentId = createSegment.segment?.id ?? '';
  }
  program = await buildDocumentedProgram({
    pages: ['typed-documents', 'react-apollo', 'react-urql', 'client', 'fetch'].map(
      (page) => `docs/clients/${page}.md`,
    ),
    packages: [
      ...['graphql', 'graphql-ws', '@graphql-typed-document-node/core', '@graphql-codegen/client-preset'],
      ...['react', 'react-dom', '@types/react', '@apollo/client', 'rxjs', 'urql', '@urql/core'],
    ],
    gatewayUrl: road.url,
  });
});
afterAll(async () => {
  await program.remove();
  await road.close();
});

it('is a program that TypeScript takes, strictly', () => {
  expect(program.faults).toEqual([]);
});

/** The next look at the segments is answered by 429. */
async function planRefusal(): Promise<void> {
  const answer = await fetch(`${road.platformUrl}/audience/admin/answers`, {
    method: 'POST',
    headers: {
      authorization: 'Bearer my-token',
      'x-api-key': 'my-client-id',
      'x-gw-ims-org-id': 'EMBEDDED@AdobeOrg',
      'x-sandbox-name': 'prod',
      'content-type': 'application/json',
    },
    body: JSON.stringify({
      status: 429,
      path: '/data/core/ups/segment/definitions',
      retryAfterSeconds: 7,
      times: 1,
    }),
  });
  expect(answer.status).toBe(200);
}

/** A job that no page asked for. */
async function startJobElsewhere(): Promise<string> {
  const { client } = load<{ client: AudienceClient }>('src/client/client.js');
  const { createSegmentJob } = await client.query<{ createSegmentJob: { segmentJob: { id: string } } }>(
    'mutation ($id: ID!) { createSegmentJob(input: { segments: { ids: [$id] } }) { segmentJob { id } } }',
    { id: segmentId },
  );
  return createSegmentJob.segmentJob.id;
}

describe.each([
  ['Apollo Client', 'apollo', 'Aachen'],
  ['urql', 'urql', 'Amiens'],
])('the page on React with %s', (_client, folder, newName) => {
  const show = (): void => {
    const { App } = load<{ App: FunctionComponent }>(`src/${folder}/app.js`);
    render(createElement(App));
  };
  const item = async (name: string): Promise<HTMLElement> =>
    (await screen.findByText(new RegExp(`^${name}:`), {}, patience)).closest('li') as HTMLElement;
  afterEach(cleanup);
  // The next page shall find the list as this one did.
  afterAll(async () => {
    const { segments } = await road.run(listSegments, { first: 1, filter: { nameContains: newName } });
    await road.run(removeSegment, { id: segments.nodes[0]?.id ?? '' });
  });

  it('shows an error with what to do and the id of the request', async () => {
    await planRefusal();
    show();
    const alert = await screen.findByRole('alert', {}, patience);
    expect(alert.textContent).toMatch(/Try again in 7 s\. Request [\w-]{36}$/);
  });

  it('shows segments page by page', async () => {
    show();
    await item('Dublin');
    expect(screen.queryByText(/^Fulda:/)).toBeNull();
    fireEvent.click(screen.getByText('More'));
    await item('Fulda');
    expect(screen.getAllByRole('listitem')).toHaveLength(names.length);
  });

  it('shows what is wrong in a rule and where, and the new segment once it is right', async () => {
    show();
    const type = (label: string, value: string): void =>
      void fireEvent.change(screen.getByLabelText(label), { target: { value } });
    type('Name', newName);
    type('Rule', 'homeAddress.countryCode.startWith("FR")');
    fireEvent.click(screen.getByText('Create'));
    const status = await screen.findByRole('status', {}, patience);
    expect(within(status).getByText('startWith').tagName).toBe('MARK');
    fireEvent.click(screen.getByText('Use startsWith'));
    fireEvent.click(screen.getByText('Create'));
    await item(newName);
    expect(screen.queryByText('Use startsWith')).toBeNull();
  });

  it('shows a job live to its end, and then the people that it found', async () => {
    show();
    fireEvent.click(within(await item(newName)).getByText('Evaluate'));
    expect(await screen.findByRole('progressbar', {}, patience)).toBeTruthy();
    await screen.findByText('SUCCEEDED', { selector: 'output' }, patience);
    await screen.findByText(new RegExp(`^${newName}: ${french} people`), {}, patience);
  });

  it('shows a job that somebody else started in the page of jobs', async () => {
    show();
    await waitFor(() => expect(screen.getAllByRole('row').length).toBeGreaterThan(0), patience);
    const id = await startJobElsewhere();
    const row = await screen.findByTestId(id, {}, patience);
    expect(screen.getAllByRole('row')[0]).toBe(row);
    await within(row).findByText('SUCCEEDED', {}, patience);
  });

  it('cancels a job', async () => {
    show();
    fireEvent.click(within(await item(newName)).getByText('Evaluate'));
    fireEvent.click(await screen.findByText('Cancel', {}, patience));
    await screen.findByText(/^CANCELL(ED|ING)$/, { selector: 'output' }, patience);
    await screen.findByText('CANCELLED', { selector: 'output' }, patience);
    await waitFor(() => expect(screen.queryByText('Cancel')).toBeNull());
  });
});

it('shows no segment any more once it is deleted with Apollo Client', async () => {
  await road.run(makeSegment, { input: { name: 'Aalst', expression: { text: 'person.birthYear > 1990' } } });
  const { apollo } = load<{ apollo: { resetStore(): Promise<unknown> } }>('src/apollo/client.js');
  await apollo.resetStore();
  const { App } = load<{ App: FunctionComponent }>('src/apollo/app.js');
  render(createElement(App));
  fireEvent.click(await screen.findByLabelText('Delete Aalst', {}, patience));
  await waitFor(() => expect(screen.queryByText(/^Aalst:/)).toBeNull(), patience);
  expect(screen.getByText(/^Berlin:/)).toBeTruthy();
  cleanup();
});

describe('the page on our own client', () => {
  type Evaluate = (name: string, rule: string, draw: (fraction: number | null) => void) => Promise<string>;
  afterAll(() => load<{ client: AudienceClient }>('src/client/client.js').client.close());

  it('evaluates a new segment, drawing its progress', async () => {
    const { evaluate } = load<{ evaluate: Evaluate }>('src/client/evaluate.js');
    const drawn: (number | null)[] = [];
    expect(
      await evaluate('Ghent', 'homeAddress.countryCode = "BE"', (fraction) => drawn.push(fraction)),
    ).toBe(`Ghent: SUCCEEDED, ${people.length} people looked at`);
    expect(drawn.at(-1)).toBe(1);
  });

  it('says what is wrong in a rule, and where', async () => {
    const { evaluate } = load<{ evaluate: Evaluate }>('src/client/evaluate.js');
    expect(await evaluate('Ghent', 'homeAddress.countryCode =', () => undefined)).toMatch(/\(at 25: .+\)$/);
  });

  it('draws the jobs that run until there is none', async () => {
    const { drawRunning } = load<{ drawRunning: (draw: (ids: string[]) => void) => Promise<void> }>(
      'src/client/jobs.js',
    );
    const id = await startJobElsewhere();
    const drawn: string[][] = [];
    await drawRunning((ids) => drawn.push(ids));
    expect(drawn[0]).toContain(id);
    expect(drawn.at(-1)).toEqual([]);
  });

  it('follows a job, and every list to its end', async () => {
    const { watch, firstStatus } = load<{
      watch: (id: string) => Promise<string[]>;
      firstStatus: (id: string, signal: AbortSignal) => Promise<string>;
    }>('src/client/watch.js');
    const { allNames } = load<{ allNames: () => Promise<string[]> }>('src/client/names.js');
    const id = await startJobElsewhere();
    const seen = await watch(id);
    expect([seen[0], seen.at(-1)]).toEqual([
      expect.stringMatching(/^SNAPSHOT/),
      expect.stringMatching(/^TERMINAL (CANCELLED|SUCCEEDED)$/),
    ]);
    expect(await firstStatus(id, new AbortController().signal)).toMatch(/^(CANCELLED|SUCCEEDED)$/);
    expect(await allNames()).toEqual(expect.arrayContaining(names));
  });
});

describe('the page on plain fetch', () => {
  it('evaluates a segment, reads a list, and tells errors by their code', async () => {
    const { ask } = load<{ ask: (query: string) => Promise<unknown> }>('src/fetch/ask.js');
    const { evaluate } = load<{ evaluate: (id: string) => Promise<string> }>('src/fetch/evaluate.js');
    const { allNames } = load<{ allNames: () => Promise<string[]> }>('src/fetch/names.js');
    expect(await evaluate(segmentId)).toBe('SUCCEEDED');
    expect(await allNames()).toEqual(expect.arrayContaining(names));
    await expect(ask('{ segments(first: 0) { totalCount } }')).rejects.toThrow(
      /^BAD_USER_INPUT: .+ \(request .+\)$/,
    );
  });
});
