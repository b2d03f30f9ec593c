import { builtinSchema } from '../../src/xdm/builtin-schema';
import type { UnionSchema } from '../../src/xdm/union-schema';
import type { CompiledPass } from '../../src/pql';
import { columnsRead } from '../../src/pql/emit/columns-read';
import { verdictWordSql } from '../../src/pql/emit/verdict-words';
import { chunksOf } from '../../src/lib/chunks-of';

interface PassOptions {
  readonly parameters?: CompiledPass['parameters'];
  readonly schema?: UnionSchema;
}

/** A pass that a test wrote itself, as `compileRules` would give it: `sql` selects `"#pid"` and the verdicts `r0`, `r1`, … */
export function passOfSql(
  sql: string,
  ruleCount: number,
  { parameters = {}, schema = builtinSchema }: PassOptions = {},
): CompiledPass {
  const verdicts = Array.from({ length: ruleCount }, (_, rule) => `r${rule}`);
  const words = chunksOf(verdicts, 64).map((word, index) => `${verdictWordSql(word)} AS w${index}`);
  return {
    sql,
    sqlOver: () => sql,
    wordsSql: `SELECT ${['"#pid"', ...words].join(', ')} FROM (${sql})`,
    parameters,
    columns: columnsRead(sql, schema),
    readsEvents: /\bevent\b/.test(sql),
  };
}
