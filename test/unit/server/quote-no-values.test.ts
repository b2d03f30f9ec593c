import type { GraphQLSchema } from 'graphql';
import { buildSchema, getVariableValues, isInputObjectType, Kind, parse } from 'graphql';
import { pino } from 'pino';
import { formatError } from '../../../src/server/format-error';
import { oneOfInputs } from '../../../src/server/one-of-inputs';
import { buildGatewaySchema } from '../../../src/server/schema';

const canary = 'hunter2';
const schema: GraphQLSchema = buildSchema(`
  enum Verb { CREATE UPDATE }
  input Inner { count: Int, name: String!, verb: Verb, tags: [Boolean] }
  input ExportDestination @oneOf { datasetId: ID, newDatasetName: String }
  input Outer { to: ExportDestination }
  type Query { do(i: Inner!): Int, say(i: Int): Int }
`);

/** What a client is told where a variable `$i` of this type has this value. */
function told(type: string, value: unknown): readonly string[] {
  const [definition] = parse(`query ($i: ${type}) { __typename }`).definitions;
  if (definition?.kind !== Kind.OPERATION_DEFINITION) throw new Error('a query is an operation');
  const { errors = [] } = getVariableValues(schema, definition.variableDefinitions ?? [], { i: value });
  const scope = { requestId: 'request-1', log: pino({ level: 'silent' }) };
  return errors.map((error) => formatError(error, scope).message);
}

describe('what is said of a variable', () => {
  test.each<[string, unknown, string]>([
    ['Int', canary, 'Variable "$i" got an invalid value; Int cannot represent non-integer value.'],
    ['Inner', canary, 'Variable "$i" got an invalid value; Expected type "Inner" to be an object.'],
    [
      'Inner',
      { name: 'a', verb: canary },
      'Variable "$i" got an invalid value at "i.verb"; Such a value does not exist in "Verb" enum.',
    ],
    [
      'Inner',
      { name: { [canary]: canary } },
      'Variable "$i" got an invalid value at "i.name"; String cannot represent a non string value.',
    ],
    [
      'Inner',
      { name: 'a', tags: [true, `; x ${canary}`] },
      'Variable "$i" got an invalid value at "i.tags[1]"; Boolean cannot represent a non boolean value.',
    ],
    [
      'Inner',
      { count: 1, verb: 'CREATE', tags: [], other: canary, name: 'a' },
      'Variable "$i" got an invalid value; Field "other" is not defined by type "Inner".',
    ],
    [
      'Inner',
      { count: canary.length },
      'Variable "$i" got an invalid value; Field "name" of required type "String!" was not provided.',
    ],
    [
      'ExportDestination',
      { datasetId: canary, newDatasetName: canary },
      'Variable "$i" got an invalid value; exactly one of "datasetId" and "newDatasetName" must be given for "ExportDestination"; leave the other out, null counts as given.',
    ],
    [
      'Outer',
      { to: {} },
      'Variable "$i" got an invalid value at "i.to"; exactly one of "datasetId" and "newDatasetName" must be given for "ExportDestination"; leave the other out, null counts as given.',
    ],
    [
      'Outer',
      { to: { datasetId: null } },
      'Variable "$i" got an invalid value at "i.to.datasetId"; Field "datasetId" must be non-null.',
    ],
    ['Inner!', null, 'Variable "$i" of non-null type "Inner!" must not be null.'],
  ])('of type %s quotes nothing of %j', (type, value, message) => {
    expect(told(type, value)).toEqual([message]);
  });
});

test('the members of each @oneOf input are those of the schema', () => {
  const gateway = buildGatewaySchema();
  for (const [name, members] of Object.entries(oneOfInputs)) {
    const type = gateway.getType(name);
    expect(isInputObjectType(type) && Object.keys(type.getFields())).toEqual([...members]);
  }
});
