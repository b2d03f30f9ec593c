import type { FastifyInstance } from 'fastify';
import { checkPql, readExpression, toPqlJson } from '../../pql';
import { builtinSchema } from '../../xdm/builtin-schema';
import { conversionBody } from '../../wire/segment-definition.request';
import type { ConversionWire, ExpressionWire } from '../../wire/segment-definition.wire';
import { refusalOf } from './check-rule';
import { Refusal } from './refusal';
import { addResource } from './resource';
import type { Call } from './resource';
import { requireProfileSchema } from './schema-reference';
import { tenantBody } from './tenant-body';

/** `/segment/conversion`: a rule in its other form; nothing is kept. Source: contract §4.7. */
export function addConversion(app: FastifyInstance): void {
  addResource(app, '/data/core/ups/segment/conversion', { POST: convert });
}

function convert(call: Call): ConversionWire {
  const { name, description, expression, schema, ttlInDays } = call.body(conversionBody);
  const schemaName = requireProfileSchema(schema);
  return {
    name,
    ...(ttlInDays === undefined ? {} : { ttlInDays }),
    ...tenantBody(call.tenant),
    ...(description === undefined ? {} : { description }),
    schema: { name: schemaName },
    expression: convertExpression(expression),
  };
}

/** Faults that no schema could mend: there is no such function. Attributes and types are not checked. */
const faultsOfFunctions: ReadonlySet<string> = new Set([
  'unknown-function',
  'unknown-method',
  'function-after-dot',
  'wrong-arity',
]);

/** Which form it is in, the value says better than the format (quirk S-11). */
function convertExpression(expression: ExpressionWire): ExpressionWire {
  const { form, text, query, diagnostics } = readExpression(expression);
  if (text === null || query === null) throw refusalOf(diagnostics);
  const { diagnostics: faults } = checkPql(text, { schema: builtinSchema, unknownAttributes: 'allow' });
  const ofFunctions = faults.filter(({ code }) => faultsOfFunctions.has(code));
  if (ofFunctions.length > 0) throw refusalOf(ofFunctions);
  if (form === 'json') return { type: 'PQL', format: 'pql/text', value: text };
  const tree = toPqlJson(query);
  if (tree !== null) return { type: 'PQL', format: 'pql/json', value: JSON.stringify(tree) };
  const message = 'This rule is too deep to be a pql/json tree: a path of it is too long.';
  throw new Refusal({ status: 400, code: 'INVALID_EXPRESSION', message });
}
