import { checkPql, compileRules, parsePql } from '../../src/pql';
import type { CheckedRule } from '../../src/pql';
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
}

const noSegments: ReadonlyMap<string, string> = new Map();

/** Rules that share a pass. */
const rulesPerPass = 25;

/** Evaluates rules for people with the compiler, many rules to a pass, and with the slow evaluator. */
export async function compareEvaluators(
  world: World,
  { rules, people, segments = noSegments }: Comparison,
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
  const database = await PeopleDatabase.create(people, world.schema);
  const disagreements: Disagreement[] = [];
  let matchCount = 0;
  try {
    for (let from = 0; from < checked.length; from += rulesPerPass) {
      const slice = checked.slice(from, from + rulesPerPass);
      const answers = await sqlAnswers(database, compiling, slice);
      for (const [index, { text }] of slice.entries()) {
        const { query } = parsePql(text);
        for (const [pid, person] of people.entries()) {
          const sql = answers[index]?.[pid] ?? new Error('No answer');
          const naive = naively(looking, query, person);
          if (sql === true) matchCount += 1;
          if (sql !== naive) disagreements.push({ pql: text, person, naive, sql });
        }
      }
    }
  } finally {
    database.close();
  }
  return { pairCount: checked.length * people.length, matchCount, disagreements, refused };
}

type Answer = boolean | Error;

/** For each rule, for each person. A pass that fails is taken apart, to see whose fault it is. */
async function sqlAnswers(
  database: PeopleDatabase,
  compiling: CompileOptions,
  rules: readonly CheckedRule[],
): Promise<readonly (readonly Answer[])[]> {
  try {
    const rows = await database.rows(compileRules(rules, compiling));
    const byPid = new Map(rows.map((row) => [Number(row['#pid']), row]));
    return rules.map((_, index) =>
      Array.from({ length: byPid.size }, (_person, pid) => {
        const answer = byPid.get(pid)?.[`r${index}`];
        return typeof answer === 'boolean' ? answer : new Error('Neither true nor false');
      }),
    );
  } catch (error) {
    const [first, ...others] = rules;
    if (first === undefined) return [];
    const failure = error instanceof Error ? error : new Error(String(error));
    if (others.length === 0) return [Array.from({ length: 1000 }, () => failure)];
    return [
      ...(await sqlAnswers(database, compiling, [first])),
      ...(await sqlAnswers(database, compiling, others)),
    ];
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
