import type { BenchRule, EventTest, Sql, TextLiteral } from './rules';

/** SQL of those who match, as somebody who knows DuckDB asks for one rule. */
export function singleSql({ sql }: BenchRule, tables: HandTables): string {
  const { text } = tables;
  if (sql.of === 'profile') return `SELECT "#pid" FROM ${tables.profile} WHERE ${sql.condition(text)}`;
  const matching = `FROM ${tables.event} WHERE ${sql.where(text)}`;
  switch (sql.test.kind) {
    case 'exists':
      return `SELECT DISTINCT "#pid" ${matching}`;
    case 'never':
      return `SELECT "#pid" FROM ${tables.profile} WHERE "#pid" NOT IN (SELECT "#pid" ${matching})`;
    case 'count':
      return `SELECT "#pid" ${matching} GROUP BY "#pid" HAVING count(*) >= ${sql.test.atLeast}`;
    case 'sum':
      return `SELECT "#pid" ${matching} GROUP BY "#pid" HAVING sum("${sql.test.value}") > ${sql.test.above}`;
  }
}

/** Tables whose columns are named by the paths of the fields, and how a text is written to be compared with one. */
export interface HandTables {
  readonly profile: string;
  readonly event: string;
  readonly text: TextLiteral;
}

export interface PidRange {
  readonly from: number;
  readonly to: number;
}

/** The best pass over many rules that was found by hand: CASE in plain aggregates, over ENUM columns. */
export function passSql(rules: readonly BenchRule[], tables: HandTables, range: PidRange): string {
  const aggregates: string[] = [];
  const verdicts = rules.map(({ sql }, n) => {
    if (sql.of === 'profile') return `COALESCE(${sql.condition(tables.text)}, FALSE) AS r${n}`;
    aggregates.push(`${aggregateSql(sql.where, sql.test, tables.text)} AS a${n}`);
    return `${verdictSql(`a${n}`, sql.test)} AS r${n}`;
  });
  const inRange = `"#pid" >= ${range.from} AND "#pid" < ${range.to}`;
  const scan =
    aggregates.length === 0
      ? ''
      : ` LEFT JOIN (SELECT "#pid", ${aggregates.join(',\n')} FROM ${tables.event} WHERE ${inRange} GROUP BY "#pid") AS a USING ("#pid")`;
  return `SELECT p."#pid", ${verdicts.join(',\n')} FROM (SELECT * FROM ${tables.profile} WHERE ${inRange}) AS p${scan}`;
}

function aggregateSql(where: Sql, test: EventTest, text: TextLiteral): string {
  switch (test.kind) {
    case 'exists':
    case 'never':
      return `MAX(CASE WHEN ${where(text)} THEN 1 ELSE 0 END)`;
    case 'count':
      return `COUNT(CASE WHEN ${where(text)} THEN 1 END)`;
    case 'sum':
      return `SUM(CASE WHEN ${where(text)} THEN "${test.value}" END)`;
  }
}

function verdictSql(column: string, test: EventTest): string {
  switch (test.kind) {
    case 'exists':
      return `COALESCE(${column} = 1, FALSE)`;
    case 'never':
      return `COALESCE(${column} = 0, TRUE)`;
    case 'count':
      return `COALESCE(${column} >= ${test.atLeast}, FALSE)`;
    case 'sum':
      return `COALESCE(${column} > ${test.above}, FALSE)`;
  }
}

/**
 * The least that any pass must do: look at each value of each column that the rules read, by one plain aggregate, group
 * the events by person, and meet the profiles.
 */
export function floorSql(
  read: { readonly profile: readonly string[]; readonly event: readonly string[] },
  tables: HandTables,
  range: PidRange,
): string {
  const inRange = `"#pid" >= ${range.from} AND "#pid" < ${range.to}`;
  const greatest = (paths: readonly string[], letter: string): string =>
    paths.map((path, n) => `, max("${path}") AS ${letter}${n}`).join('');
  return `
    SELECT count(*)${greatest(read.profile, 'p')}, sum(total)${read.event.map((_, n) => `, max(e${n})`).join('')}
    FROM (SELECT * FROM ${tables.profile} WHERE ${inRange}) LEFT JOIN (
      SELECT "#pid", count(*) AS events, sum("commerce.order.priceTotal") AS total${greatest(read.event, 'e')}
      FROM ${tables.event} WHERE ${inRange} GROUP BY "#pid") USING ("#pid")`;
}
