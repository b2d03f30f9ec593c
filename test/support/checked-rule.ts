import type { CheckedRule } from '../../src/pql';
import { checkPql, formatDiagnostic } from '../../src/pql';
import { builtinSchema } from '../../src/xdm/builtin-schema';
import type { UnionSchema } from '../../src/xdm/union-schema';

/** The checked rule of a text that must be right; a wrong one fails the test with its diagnostics. */
export function checkedRule(text: string, schema: UnionSchema = builtinSchema): CheckedRule {
  const { rule, diagnostics } = checkPql(text, { schema, unknownAttributes: 'error' });
  if (rule === null) throw new Error(diagnostics.map((one) => formatDiagnostic(text, one)).join('\n'));
  return rule;
}
