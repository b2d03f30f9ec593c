import type { MembershipStatus } from '../../records';
import type { Engine, EngineRow } from '../engine/engine';
import { readCurrentSegments, type MembershipSource } from './membership-file';

/** Where a person stands in a segment, or stood before leaving it. */
export interface MembershipOfPerson {
  readonly segmentId: string;
  readonly status: MembershipStatus;
  readonly qualifiedAt: Date;
}

/** Reads the memberships of one person, ordered by segment; one question at a time. */
export interface MembershipReader {
  read(pid: number): Promise<readonly MembershipOfPerson[]>;
}

/** A segment's bit, in one half of a word: 32 bits are a number as JavaScript reckons with bits. */
interface Bit {
  readonly segmentId: string;
  readonly isHigh: boolean;
  readonly mask: number;
  /** The last run that evaluated the segment. */
  readonly run: number;
}

/** What a file says of its segments and runs, beside its changes. */
interface KnownFile {
  readonly bits: ReadonlyMap<number, readonly Bit[]>;
  /** Run -> its clock. */
  readonly times: ReadonlyMap<number, Date>;
}

/**
 * Prepares one statement over the changes in all attached files. Segments and runs are few, and read now: the engine
 * would take longer to plan the joins with them than to find a person.
 */
export async function createMembershipReader(
  engine: Engine,
  sources: readonly MembershipSource[],
): Promise<MembershipReader> {
  if (sources.length === 0) return { read: () => Promise.resolve([]) };
  const files = await readFiles(engine, sources);
  const statement = await engine.prepare(
    sources.map(({ file }, index) => changesSql(file.as, index)).join(' UNION ALL '),
  );
  return {
    read: async (pid) => {
      const rows = await statement.rows({ pid });
      const found = rows.flatMap((row) => membershipsOf(row, files));
      return found.sort((one, other) => (one.segmentId < other.segmentId ? -1 : 1));
    },
  };
}

const changesSql = (source: string, index: number): string => `
  SELECT ${index} AS source, word, run, ${halvesSql('entered')}, ${halvesSql('exited')}
  FROM ${source}.main.change WHERE "#pid" = $pid`;

const halvesSql = (column: string): string =>
  `(${column} & 4294967295)::UINTEGER AS ${column}_low, (${column} >> 32)::UINTEGER AS ${column}_high`;

async function readFiles(
  engine: Engine,
  sources: readonly MembershipSource[],
): Promise<readonly KnownFile[]> {
  const segments = await readCurrentSegments(engine, sources);
  const files: KnownFile[] = [];
  for (const { file } of sources) {
    const bits = new Map<number, Bit[]>();
    for (const { segmentId, word, bit, run } of segments.filter(({ source }) => source === file.as)) {
      const ofWord = bits.get(word) ?? [];
      ofWord.push({ segmentId, isHigh: bit >= 32, mask: 1 << (bit % 32), run });
      bits.set(word, ofWord);
    }
    const runs = await engine.rows(`SELECT run, ran_at FROM ${file.as}.main.run`);
    files.push({ bits, times: new Map(runs.map((row) => [Number(row['run']), row['ran_at'] as Date])) });
  }
  return files;
}

function membershipsOf(row: EngineRow, files: readonly KnownFile[]): readonly MembershipOfPerson[] {
  const change = row as Readonly<Record<ChangeColumn, number>>;
  const file = files[change.source];
  const qualifiedAt = file?.times.get(change.run);
  if (file === undefined || qualifiedAt === undefined) return [];
  return (file.bits.get(change.word) ?? []).flatMap(({ segmentId, isHigh, mask, run }) => {
    const hasLeft = ((isHigh ? change.exited_high : change.exited_low) & mask) !== 0;
    const isMember = ((isHigh ? change.entered_high : change.entered_low) & mask) !== 0;
    if (!hasLeft && !isMember) return [];
    const memberStatus = change.run === run ? 'realized' : 'existing';
    return [{ segmentId, status: hasLeft ? 'exited' : memberStatus, qualifiedAt }];
  });
}

type ChangeColumn = 'source' | 'word' | 'run' | 'entered_low' | 'entered_high' | 'exited_low' | 'exited_high';
