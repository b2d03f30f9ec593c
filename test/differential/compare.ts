import { chunksOf } from '../../src/lib/chunks-of';
import { checkPql, compileRules, parsePql } from '../../src/pql';
import type { CheckedRule, CompiledPass } from '../../src/pql';
import type { Query } from '../../src/pql/ast';
import type { CompileOptions } from '../../src/pql/emit/compile-rules';
import { checkedRule } from '../support/checked-rule';
import { matchesNaively, type NaiveOptions } from '../support/naive/evaluate';
import type { Person } from '../support/people-database';
import { PeopleDatabase } from '../support/people-database';
import type { World } from './world';

/** A rule and a person about whom the SQL and the slow evaluator say different things. */
export interface Disagreement {
  readonly pql: string;
  readonly person: Person;
  /** What the slow evaluator says; an error where it could not say anything. */
  readonly naive: boolean | Error;
  readonly sql: boolean | Error;
}

export interface Outcome {
  readonly pairCount: number;
  readonly matchCount: number;
  readonly disagreements: readonly Disagreement[];
  /** Rules that were not compiled, by the first diagnostic that says why. */
  readonly refused: readonly { readonly pql: string; readonly code: string; readonly message: string }[];
}

export interface Comparison {
  readonly rules: readonly string[];
  readonly people: readonly Person[];
  /** The rules of segments by id, for `inSegment`: well typed, each leaning on none but earlier ones. */
  readonly segments?: ReadonlyMap<string, string>;
  /** Puts the people where SQL can read them: into tables in memory, unless told otherwise. */
  readonly hold?: (people: readonly Person[], world: World) => Promise<HeldPeople>;
}

/** People where SQL can read them. */
export interface HeldPeople {
  /**
   * One row for each person, in their order, with a column for each rule: `r0`, `r1`, …; undefined where the pass has none,
   * since no rule holds.
   */
  rows(pass: CompiledPass): Promise<readonly (Readonly<Record<string, unknown>> | undefined)[]>;
  close(): void | Promise<void>;
}

async function holdInMemory(people: readonly Person[], { schema }: World): Promise<HeldPeople> {
  const database = await PeopleDatabase.create(people, schema);
  return {
    rows: async (pass) => {
      const byPid = new Map((await database.rows(pass)).map((row) => [Number(row['#pid']), row]));
      return people.map((_, pid) => byPid.get(pid));
    },
    close: () => database.close(),
  };
}

const noSegments: ReadonlyMap<string, string> = new Map();

/** Rules that share a pass. */
const rulesPerPass = 25;

/** Evaluates rules for people with the compiler, many rules to a pass, and with the slow evaluator. */
export async function compareEvaluators(
  world: World,
  { rules, people, segments = noSegments, hold = holdInMemory }: Comparison,
): Promise<Outcome> {
  const compiling = { ...world, segments: checkedSegments(world, segments) };
  const looking = {
    ...world,
    segments: new Map([...compiling.segments].map(([id, { query }]) => [id, query])),
  };
  const results = rules.map((pql) => ({
    pql,
    ...checkPql(pql, { schema: world.schema, unknownAttributes: 'error' }),
  }));
  const refused = results.flatMap(({ pql, rule, diagnostics }) => {
    const reason = diagnostics.find(({ severity }) => severity === 'ERROR');
    return rule === null ? [{ pql, code: reason?.code ?? '', message: reason?.message ?? '' }] : [];
  });
  const checked = results.flatMap(({ rule }) => (rule === null ? [] : [rule]));
  const held = await hold(people, world);
  const disagreements: Disagreement[] = [];
  let matchCount = 0;
  try {
    // A rule that is alone is compiled differently: some are asked both ways.
    const alone = checked.filter((_, index) => index % 4 === 0).map((rule) => [rule]);
    for (const slice of [...chunksOf(checked, rulesPerPass), ...alone]) {
      const answers = await sqlAnswers(held, compiling, slice);
      for (const [index, { text }] of slice.entries()) {
        const { query } = parsePql(text);
        for (const [pid, person] of people.entries()) {
          const sql = answers[index]?.[pid] ?? new Error('No answer');
          const naive = naively(looking, query, person);
          if (sql === true && slice.length > 1) matchCount += 1;
          if (sql !== naive) disagreements.push({ pql: text, person, naive, sql });
        }
      }
    }
  } finally {
    await held.close();
  }
  return { pairCount: checked.length * people.length, matchCount, disagreements, refused };
}

type Answer = boolean | Error;

/** For each rule, for each person. A pass that fails is taken apart, to see whose fault it is. */
async function sqlAnswers(
  held: HeldPeople,
  compiling: CompileOptions,
  rules: readonly CheckedRule[],
): Promise<readonly (readonly Answer[])[]> {
  try {
    const rows = await held.rows(compileRules(rules, compiling));
    return rules.map((_, index) =>
      rows.map((row) => {
        const answer = row === undefined ? false : row[`r${index}`];
        return typeof answer === 'boolean' ? answer : new Error('Neither true nor false');
      }),
    );
  } catch (error) {
    const [first, ...others] = rules;
    if (first === undefined) return [];
    const failure = error instanceof Error ? error : new Error(String(error));
    if (others.length === 0) return [Array.from({ length: 1000 }, () => failure)];
    return [...(await sqlAnswers(held, compiling, [first])), ...(await sqlAnswers(held, compiling, others))];
  }
}

function naively(looking: NaiveOptions, query: Query | null, person: Person): Answer {
  if (query === null) return new Error('Not readable');
  try {
    return matchesNaively(query, person, looking);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function checkedSegments(
  world: World,
  segments: ReadonlyMap<string, string>,
): ReadonlyMap<string, CheckedRule> {
  return new Map([...segments].map(([id, text]) => [id, checkedRule(text, world.schema)]));
}
