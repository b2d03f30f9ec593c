import type { GraphQLFormattedError } from 'graphql';
import { answerCases } from '../contract/adobe-answers';
import { answerExamples, readExample } from '../fixtures/adobe/examples';
import type { AnswerExample } from '../fixtures/adobe/examples';
import { fc } from '../support/fast-check';
import { memorySources } from '../support/memory-upstream';
import { createTestContext, runQuery } from '../support/run-query';

type Step = string | number;
interface Answer {
  readonly data?: unknown;
  readonly errors?: readonly GraphQLFormattedError[];
}

/** A value of every JSON type; one of another type than the member has takes its place. */
const strangers: readonly unknown[] = ['a text', 7, -1.5, true, null, [], ['x'], {}, { x: { y: 1 } }, 1e300];

/** What is computed from several members, so that it may change without an error of its own. */
const derived =
  /progress|isTerminal|status|phases|results|segmentIds|schemaName|macros|low|high|pageInfo|batches|allSegments|text|format|operations|fields/;

const places = (Object.keys(answerExamples) as AnswerExample[]).flatMap((name) =>
  membersOf(readExample(name)).map((path) => ({ name, path })),
);

describe('an answer of Adobe’s with one member of another type', () => {
  it('still answers: what cannot be read is an error at its place, and the rest is as it was', async () => {
    await fc.assert(fc.asyncProperty(fc.constantFrom(...places), fc.constantFrom(...strangers), checkDrift), {
      numRuns: 150,
    });
  });
});

async function checkDrift({ name, path }: (typeof places)[number], stranger: unknown): Promise<void> {
  const example = readExample(name);
  const before = await ask(name, example);
  const after = await ask(name, replaced(example, path, stranger));
  const codes = (after.errors ?? []).map(({ extensions }) => extensions?.['code']);
  expect(codes.filter((code) => code !== 'UPSTREAM_INVALID_RESPONSE')).toEqual([]);
  if (stranger === null || typeOf(memberAt(example, path)) === typeOf(stranger)) return;
  const told = (after.errors ?? []).map((error) => error.path ?? []);
  const changed = differences(before.data, after.data, []);
  const unexplained = changed.filter(
    (place) =>
      !told.some((at) => isPrefix(at, place) || isPrefix(place, at)) &&
      !place.some((step) => typeof step === 'string' && derived.test(step)) &&
      !isReadable(after.data, place),
  );
  expect({ path, stranger, unexplained, codes }).toEqual({ path, stranger, unexplained: [], codes });
}

function memberAt(example: unknown, path: readonly Step[]): unknown {
  return path.reduce<unknown>((value, step) => (value as Record<Step, unknown>)[step], example);
}

function typeOf(value: unknown): string {
  return Array.isArray(value) ? 'list' : typeof value;
}

/** The other value can be read as well as the first: a number for an id, a text of digits for a count. */
function isReadable(data: unknown, place: readonly Step[]): boolean {
  const value = place.reduce<unknown>((part, step) => (part as Record<Step, unknown> | null)?.[step], data);
  return value !== undefined && value !== null;
}

async function ask(name: AnswerExample, example: unknown): Promise<Answer> {
  const { serves, asks } = answerCases[name];
  const answers = serves(example);
  const sources = memorySources((method, path) => {
    const reply = answers[`${method} ${path.replace(/^\/data\/(core\/ups|foundation|core)/, '')}`];
    return reply !== undefined && 'json' in reply ? reply.json : undefined;
  });
  const context = createTestContext({ mode: 'ADOBE' });
  return (await runQuery(asks, {
    ...context,
    context: { ...context.context, sources, freshSources: () => sources },
  })) as Answer;
}

function membersOf(value: unknown, at: readonly Step[] = []): (readonly Step[])[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]: [string, unknown]) => {
    const path = [...at, Array.isArray(value) ? Number(key) : key];
    return [path, ...membersOf(item, path)];
  });
}

function replaced(value: unknown, [step, ...rest]: readonly Step[], stranger: unknown): unknown {
  if (step === undefined) return stranger;
  const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...(value as object) }) as Record<
    Step,
    unknown
  >;
  copy[step] = replaced(copy[step], rest, stranger);
  return copy;
}

function differences(left: unknown, right: unknown, at: readonly Step[]): (readonly Step[])[] {
  if (JSON.stringify(left) === JSON.stringify(right)) return [];
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return [at];
  const keys = [...new Set([...Object.keys(left), ...Object.keys(right)])];
  return keys.flatMap((key) =>
    differences((left as Record<string, unknown>)[key], (right as Record<string, unknown>)[key], [
      ...at,
      Array.isArray(left) ? Number(key) : key,
    ]),
  );
}

function isPrefix(prefix: readonly Step[], path: readonly Step[]): boolean {
  return prefix.every((step, index) => path[index] === step);
}
