import { compileRules } from '../../pql';
import type { CompiledPass } from '../../pql';
import { countByNamespaceSql } from '../store/generation/data-views';
import type { ProfileData, SampleSession } from '../store/platform-store';
import type { Preview, PreviewProfile, PreviewRequest } from './preview';
import type { PidRange, SamplingRule } from './sampling';
import { sampleRanges, sampleSizeOf } from './sampling';

export interface PreviewRun {
  readonly now: Date;
  readonly sampling: SamplingRule;
  /** The number of the sample's first profile; profiles are numbered in the order of a hash. */
  readonly sampleStart: number;
  /** What is known so far, after each range. */
  readonly onChange: (found: Findings) => void;
  readonly signal: AbortSignal;
}

export type Findings = Pick<Preview, 'sampleSize' | 'tally' | 'byNamespace' | 'profiles'>;

/** So many of the matches are kept to be shown. */
const mostProfiles = 1_000;

/**
 * Tries a rule on the sample, range by range, each counted and told as it is read.
 * @throws AbortError when the signal fires.
 */
export async function runPreview(
  data: ProfileData,
  request: PreviewRequest,
  { now, sampling, sampleStart, onChange, signal }: PreviewRun,
): Promise<void> {
  const session = await data.openSample({ mergeRule: request.mergeRule, signal });
  try {
    const total = session.profiles;
    const size = sampleSizeOf(total, sampling);
    const compiled = compileRules([request.rule], {
      now,
      schema: session.schema,
      segments: request.segments,
    });
    const pass = { ...compiled, sql: session.passSql(compiled) };
    let found: Findings = {
      sampleSize: size,
      tally: { total, read: 0, matched: 0 },
      byNamespace: new Map(),
      profiles: [],
    };
    onChange(found);
    for (const range of sampleRanges({ total, size, start: sampleStart })) {
      found = await readRange(session, pass, range, found);
      onChange(found);
    }
  } finally {
    await session.close();
  }
}

async function readRange(
  session: SampleSession,
  pass: CompiledPass,
  range: PidRange,
  before: Findings,
): Promise<Findings> {
  const parameters = { ...pass.parameters, pid_from: range.from, pid_to: range.to };
  const counts = await session.rows(countsSql(pass), parameters);
  const byNamespace = new Map(before.byNamespace);
  let { matched } = before.tally;
  for (const row of counts) {
    const count = Number(row['profiles']);
    const { code } = row as { readonly code: string | null };
    if (code === null) matched += count;
    else byNamespace.set(code, (byNamespace.get(code) ?? 0) + count);
  }
  const room = mostProfiles - before.profiles.length;
  const isNews = matched > before.tally.matched && room > 0;
  const more = isNews ? await session.rows(profilesSql(pass), { ...parameters, room }) : [];
  return {
    ...before,
    tally: { ...before.tally, read: before.tally.read + range.to - range.from, matched },
    byNamespace,
    profiles: more.length === 0 ? before.profiles : inOrder([...before.profiles, ...more.map(toProfile)]),
  };
}

const matchedSql = ({ sql }: CompiledPass): string =>
  `WITH matched AS MATERIALIZED (SELECT "#pid" FROM (${sql}) AS verdict WHERE r0)`;

/** One row of all matches, its code null, and one of each namespace. */
const countsSql = (pass: CompiledPass): string => `${matchedSql(pass)}
  SELECT NULL AS code, count(*) AS profiles FROM matched
  UNION ALL
  SELECT * FROM (${countByNamespaceSql('matched')})`;

const profilesSql = (pass: CompiledPass): string => `${matchedSql(pass)}
  SELECT "#xid" AS xid, list_transform(identities, lambda i: [i.namespace.code, i.id]) AS identities
  FROM profile JOIN (SELECT "#pid" FROM matched ORDER BY "#pid" LIMIT $room) USING ("#pid") ORDER BY "#pid"`;

function toProfile(row: Readonly<Record<string, unknown>>): PreviewProfile {
  const identities = (row['identities'] ?? []) as readonly (readonly [string, string])[];
  return { xid: String(row['xid']), identities: identities.map(([code, id]) => xidOf(code, id)) };
}

/** As the store makes them of a primary identity. */
function xidOf(namespace: string, id: string): string {
  return Buffer.from(`${namespace.toLowerCase()}:${id}`).toString('base64url');
}

function inOrder(profiles: readonly PreviewProfile[]): readonly PreviewProfile[] {
  return [...profiles].sort((one, other) => (one.xid < other.xid ? -1 : 1));
}
