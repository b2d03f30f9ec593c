import { compileRules } from '../../pql';
import type { CompiledPass } from '../../pql';
import type { ProfileData } from '../store/api/profile-data';
import type { SampleSession, SqlParameters } from '../store/api/sample-session';
import type { Preview, PreviewProfile, PreviewRequest } from './preview';
import type { PidRange, SamplingRule } from './sampling';
import { firstStep, nextStep, rangeAfter, sampleSizeOf } from './sampling';

export interface PreviewRun {
  readonly now: Date;
  /** Milliseconds since some moment. */
  readonly monotonic: () => number;
  readonly sampling: SamplingRule;
  /** The number of the sample's first profile; profiles are numbered in the order of a hash. */
  readonly sampleStart: number;
  /** What is known so far, after each range. */
  readonly onChange: (found: Findings) => void;
  readonly signal: AbortSignal;
}

export type Findings = Pick<Preview, 'sampleSize' | 'tally' | 'byNamespace'>;

/** So many of the matches are kept to be shown. */
const mostProfiles = 1_000;

/**
 * Tries a rule on the sample, range by range, each counted and told as it is read.
 * @returns some of the matches, ordered by id; found when all has been counted and told.
 * @throws AbortError when the signal fires.
 */
export async function runPreview(
  data: ProfileData,
  request: PreviewRequest,
  { now, monotonic, sampling, sampleStart, onChange, signal }: PreviewRun,
): Promise<readonly PreviewProfile[]> {
  const session = await data.openSample({ mergeRule: request.mergeRule, signal });
  try {
    const sample = {
      total: session.profiles,
      size: sampleSizeOf(session.profiles, sampling),
      start: sampleStart,
    };
    const passes = passesOver(session, request, now);
    let found = nothingOf(sample);
    onChange(found);
    let step = firstStep(passes);
    for (;;) {
      const range = rangeAfter(sample, found.tally.read, step);
      if (range === undefined) break;
      const startedAt = monotonic();
      const profiles = range.to - range.from;
      found = await readPart(session, { ...passes.of(range), profiles }, found);
      step = nextStep({ profiles, ms: monotonic() - startedAt });
      onChange(found);
    }
    return await readProfiles(session, await firstPids(session, found));
  } finally {
    await session.close();
  }
}

interface Passes {
  readonly readsEvents: boolean;
  of(range: PidRange): BoundPass;
}

/** The rule over parts of a sample, compiled once for all of them, or for everybody. */
function passesOver(session: SampleSession, { rule, segments }: PreviewRequest, now: Date): Passes {
  const compile = (people: 'range' | 'all'): CompiledPass =>
    compileRules([rule], { now, schema: session.schema, segments, people, withSet: true });
  const ofAll = compile('all');
  const { readsEvents } = ofAll;
  let ofRange: CompiledPass | undefined;
  return {
    readsEvents,
    of: ({ from, to }) => {
      const isWhole = to - from === session.profiles;
      const pass = isWhole ? ofAll : (ofRange ??= compile('range'));
      const bounds = isWhole ? {} : { pid_from: from, pid_to: to };
      return {
        sql: session.passSql(pass),
        hasSet: pass.columns.set,
        readsEvents,
        parameters: { ...pass.parameters, ...bounds },
      };
    },
  };
}

interface Counted extends Findings {
  /** Of the first matches, found while they were counted. */
  readonly pids: readonly number[];
  /** Those with matches, where to find these again costs less than to collect them while counting. */
  readonly passes: readonly BoundPass[];
}

function nothingOf({ total, size }: { readonly total: number; readonly size: number }): Counted {
  const tally = { total, read: 0, matched: 0 };
  return { sampleSize: size, tally, byNamespace: new Map(), pids: [], passes: [] };
}

/** A pass over a part of the sample, with all that it binds. */
interface BoundPass {
  readonly sql: string;
  /** Whether `#set` is a column of it. */
  readonly hasSet: boolean;
  readonly readsEvents: boolean;
  readonly parameters: SqlParameters;
}

async function readPart(
  session: SampleSession,
  { profiles, ...pass }: BoundPass & { readonly profiles: number },
  before: Counted,
): Promise<Counted> {
  const byNamespace = new Map(before.byNamespace);
  let matched = 0;
  const firstOfSets: number[] = [];
  for (const row of await session.rows(countsSql(pass), pass.parameters)) {
    const { set, people, pids } = row as unknown as CountedSet;
    matched += people;
    for (const code of session.codesOfSets.get(set) ?? [])
      byNamespace.set(code, (byNamespace.get(code) ?? 0) + people);
    firstOfSets.push(...(pids ?? []).map(Number));
  }
  const first = firstOfSets.sort((one, other) => one - other);
  return {
    ...before,
    tally: {
      ...before.tally,
      read: before.tally.read + profiles,
      matched: before.tally.matched + matched,
    },
    byNamespace: new Map([...byNamespace].sort(([one], [other]) => (one < other ? -1 : 1))),
    pids: [...before.pids, ...first].slice(0, mostProfiles),
    passes: pass.readsEvents || matched === 0 ? before.passes : [...before.passes, pass],
  };
}

/** People who match and have identities in the same namespaces. */
interface CountedSet {
  readonly set: number;
  readonly people: number;
  /** The first of them, as many as are shown at most; where a second look for them would read events again. */
  readonly pids?: readonly (number | bigint)[];
}

/** One row for each set of namespaces; everybody has one. So each match is looked at once. */
function countsSql({ sql, hasSet, readsEvents }: BoundPass): string {
  const matches = hasSet
    ? `SELECT "#pid", "#set" AS "set" FROM (${sql}) AS verdict WHERE r0`
    : `SELECT "#pid", "set" FROM owner JOIN (SELECT "#pid" FROM (${sql}) AS verdict WHERE r0) USING ("#pid")`;
  const pids = readsEvents ? `, min("#pid", ${mostProfiles}) AS pids` : '';
  return `SELECT "set", count(*) AS people${pids} FROM (${matches}) GROUP BY "set"`;
}

/** Of so many matches as are shown. Over attributes the engine ends at the last of them; people stand in the order of `#pid`. */
async function firstPids(session: SampleSession, { pids, passes }: Counted): Promise<readonly number[]> {
  const found = [...pids];
  for (const { sql, parameters } of passes) {
    const wanted = mostProfiles - found.length;
    if (wanted <= 0) break;
    const rows = await session.rows(
      `SELECT "#pid" AS pid FROM (${sql}) AS verdict WHERE r0 LIMIT ${wanted}`,
      parameters,
    );
    found.push(...rows.map(({ pid }) => Number(pid)));
  }
  return found;
}

async function readProfiles(
  session: SampleSession,
  pids: readonly number[],
): Promise<readonly PreviewProfile[]> {
  if (pids.length === 0) return [];
  const profiles = session.profilesSql(['identityMap']);
  const rows = await session.rows(
    `SELECT "#xid" AS xid, to_json("identityMap")::VARCHAR AS identities FROM (${profiles})
    WHERE "#pid" IN (SELECT unnest(from_json($pids, '["BIGINT"]')))`,
    { pids: JSON.stringify(pids) },
  );
  return inOrder(rows.map(toProfile));
}

function toProfile(row: Readonly<Record<string, unknown>>): PreviewProfile {
  const { identities: text } = row as { readonly identities: string | null };
  const map = JSON.parse(text ?? '{}') as Readonly<Record<string, readonly { readonly id: string }[]>>;
  const identities = Object.entries(map).flatMap(([code, ids]) => ids.map(({ id }) => xidOf(code, id)));
  return { xid: String(row['xid']), identities };
}

/** As the store makes them of a primary identity. */
function xidOf(namespace: string, id: string): string {
  return Buffer.from(`${namespace.toLowerCase()}:${id}`).toString('base64url');
}

function inOrder(profiles: readonly PreviewProfile[]): readonly PreviewProfile[] {
  return [...profiles].sort((one, other) => (one.xid < other.xid ? -1 : 1));
}
