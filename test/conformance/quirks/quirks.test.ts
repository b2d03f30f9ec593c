import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { readDocument } from '../../support/markdown';
import type { SeenCall } from '../../support/fake-upstream';
import { startGateway } from '../../support/started-gateway';
import type { StartedGateway } from '../../support/started-gateway';
import { lists } from './lists';
import { meanings } from './meanings';
import { methods } from './methods';
import { names } from './names';
import type { Quirk, SeenForm } from './quirk';
import { values } from './values';

const quirks: Readonly<Record<string, Quirk>> = { ...names, ...values, ...methods, ...lists, ...meanings };
const forms = Object.entries(quirks).flatMap(([key, quirk]) =>
  Array.isArray(quirk)
    ? (quirk as readonly SeenForm[]).map((form) => [`${key}: ${form.form}`, form] as const)
    : [],
);

let started: StartedGateway;
let form: SeenForm | null = null;

beforeAll(async () => {
  started = await startGateway(({ method, path }) => form?.replies[`${method} ${shortPath(path)}`]);
});
afterAll(() => started.close());

function shortPath(path: string): string {
  return path.replace(/^\/data\/(core\/ups|foundation|core\/activation)/, '');
}

describe('what Adobe’s APIs say in several ways is one for a client', () => {
  test.each(forms)('%s', async (_name, seen) => {
    form = seen;
    started.upstream.calls.length = 0;
    const answer = (await (await started.post({ query: seen.asks })).json()) as {
      data: unknown;
      errors?: readonly { extensions: { code: string } }[];
    };
    expect({
      ...answer,
      codes: (answer.errors ?? []).map(({ extensions }) => extensions.code),
    }).toMatchObject({
      data: seen.sees,
      codes: seen.errors ?? [],
    });
    expectSent(seen, started.upstream.calls);
  });
});

function expectSent({ sends, never }: SeenForm, calls: readonly SeenCall[]): void {
  if (never !== undefined)
    for (const { path, query } of calls) expect(`${path}?${query.toString()}`).not.toMatch(never);
  if (sends === undefined) return;
  const sent = calls.find(({ method, path }) => `${method} ${shortPath(path)}` === sends.call);
  expect(sent).toBeDefined();
  if (sends.body !== undefined) expect(sent?.body).toMatchObject(sends.body as object);
  if (sends.query !== undefined)
    expect(Object.fromEntries(sent?.query ?? [])).toEqual(expect.objectContaining(sends.query));
  if (sends.headers !== undefined) expect(sent?.headers).toMatchObject(sends.headers);
}

describe('docs/quirks.md', () => {
  const documented = [...readDocument('docs/quirks.md').matchAll(/^\| ([A-Z]-?\d+) +\|/gm)].map(
    ([, key]) => key,
  );

  it('lists each quirk that has a test, and has a test for each that it lists', () => {
    expect(documented).toEqual(Object.keys(quirks));
  });

  it('lists them all, each once', () => {
    const counts: Readonly<Record<string, number>> = { N: 40, T: 7, D: 9, M: 21, P: 14, 'S-': 15 };
    const all = Object.entries(counts).flatMap(([letter, count]) =>
      Array.from({ length: count }, (_none, index) => `${letter}${String(index + 1)}`),
    );
    expect(documented).toEqual(all);
  });

  it.each(Object.entries(quirks).filter(([, quirk]) => !Array.isArray(quirk)))(
    'knows where %s is shown',
    (_key, quirk) => {
      if (!('file' in quirk)) throw new Error('It has forms');
      const file = resolve(__dirname, '../../..', quirk.file);
      expect(existsSync(file)).toBe(true);
      expect(readFileSync(file, 'utf8')).toContain(quirk.says);
    },
  );
});
