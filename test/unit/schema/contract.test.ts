import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  Kind,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isScalarType,
  isSpecifiedDirective,
  parse,
  print,
  validateSchema,
} from 'graphql';
import type {
  DefinitionNode,
  FieldDefinitionNode,
  GraphQLNamedType,
  InputValueDefinitionNode,
} from 'graphql';
import { firstDifference, printGatewaySchema } from '../../../src/server/print-schema';
import { oneOfInputs } from '../../../src/server/one-of-inputs';
import { buildGatewaySchema } from '../../../src/server/schema';

const contract = readFileSync(resolve(__dirname, '../../fixtures/contract.graphql'), 'utf8');
const printed = printGatewaySchema();
const schema = buildGatewaySchema();

/** Every promise of a schema as one line: `Segment.jobs(first: Int = 20): SegmentJobConnection!` and the like. */
function promisesOf(sdl: string): string[] {
  return parse(sdl).definitions.flatMap(promisesOfType).sort();
}

function promisesOfType(node: DefinitionNode): string[] {
  switch (node.kind) {
    case Kind.OBJECT_TYPE_DEFINITION:
    case Kind.INTERFACE_TYPE_DEFINITION:
      return [
        ...(node.interfaces ?? []).map(({ name }) => `${node.name.value} implements ${name.value}`),
        ...(node.fields ?? []).flatMap((field) => promisesOfField(node.name.value, field)),
      ];
    case Kind.INPUT_OBJECT_TYPE_DEFINITION:
      return [
        ...(node.directives ?? []).map((directive) => `${node.name.value} ${print(directive)}`),
        ...(node.fields ?? []).map((field) => `${node.name.value}.${inputLine(field)}`),
      ];
    case Kind.ENUM_TYPE_DEFINITION:
      return (node.values ?? []).map(({ name }) => `${node.name.value}.${name.value}`);
    case Kind.SCALAR_TYPE_DEFINITION:
      return [`scalar ${node.name.value}`];
    default:
      return [];
  }
}

function promisesOfField(type: string, field: FieldDefinitionNode): string[] {
  const place = `${type}.${field.name.value}`;
  const args = (field.arguments ?? []).map((argument) => `${place}(${inputLine(argument)})`);
  return [`${place}: ${print(field.type)}`, ...args];
}

function inputLine({ name, type, defaultValue }: InputValueDefinitionNode): string {
  return `${name.value}: ${print(type)}${defaultValue ? ` = ${print(defaultValue)}` : ''}`;
}

/** `Segment.jobs(first: Int = 20)` is about `Segment.jobs(first`. */
function placeOf(promise: string): string {
  return promise.split(':', 1)[0] ?? promise;
}

const typesOfContract = new Set(
  parse(contract).definitions.flatMap((node) => ('name' in node && node.name ? [node.name.value] : [])),
);
const inputs = new Set(
  parse(printed).definitions.flatMap((node) =>
    node.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION ? [node.name.value] : [],
  ),
);

function isOfContract(promise: string): boolean {
  return typesOfContract.has(promise.split(/[.\s]/, 1)[0] ?? '');
}

/** An argument, or a field of an input: what a client gives. */
function isGiven(promise: string): boolean {
  return promise.includes('(') || inputs.has(promise.split('.', 1)[0] ?? '');
}

function kindsOf(sdl: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    parse(sdl).definitions.flatMap((node) =>
      'name' in node && node.name ? [[node.name.value, node.kind]] : [],
    ),
  );
}

describe('the schema', () => {
  it('is one that GraphQL allows', () => {
    expect(validateSchema(schema)).toEqual([]);
  });

  it('keeps every promise of the contract: names, types, nullability, arguments, defaults, values', () => {
    const kept = new Set(promisesOf(printed));
    expect(promisesOf(contract).filter((promise) => !kept.has(promise))).toEqual([]);
  });

  it('wants nothing of a client that the contract does not want', () => {
    const known = new Set(promisesOf(contract).map(placeOf));
    const added = promisesOf(printed).filter(
      (promise) => isOfContract(promise) && !known.has(placeOf(promise)),
    );
    const wanted = added.filter((promise) => /: [^=]*!\)?$/.test(promise) && isGiven(promise));
    expect(wanted).toEqual([]);
  });

  it('has no second kind for a name of the contract', () => {
    const kinds = kindsOf(printed);
    expect(Object.entries(kindsOf(contract)).filter(([name, kind]) => kinds[name] !== kind)).toEqual([]);
  });

  it('is the one that is committed', () => {
    const committed = readFileSync(resolve(__dirname, '../../../schema.graphql'), 'utf8');
    expect(firstDifference(printed, committed)).toBeNull();
  });

  it('says that exactly one member of these inputs is given', () => {
    for (const name of Object.keys(oneOfInputs)) expect(printed).toContain(`input ${name} @oneOf {`);
  });

  it('describes every type, field, argument and value', () => {
    const types = Object.values(schema.getTypeMap()).filter(
      (type) => !isIntrospectionType(type) && !isBuiltIn(type),
    );
    expect(types.flatMap(undescribed)).toEqual([]);
    expect(types.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['Query', 'Mutation', 'Subscription', 'JobStatus', 'JobFilter', 'DateTime']),
    );
    const directives = schema.getDirectives().filter((directive) => !isSpecifiedDirective(directive));
    expect(directives.filter(({ description }) => !description)).toEqual([]);
  });
});

describe('firstDifference', () => {
  it('names the line and both sides', () => {
    expect(firstDifference('a\nb\nc', 'a\nx\nc')).toBe('line 2: schema.graphql has "x", the code says "b"');
  });

  it('sees an end that is missing', () => {
    expect(firstDifference('a\nb', 'a')).toBe('line 2: schema.graphql has nothing, the code says "b"');
    expect(firstDifference('a', 'a\nb')).toBe('line 2: schema.graphql has "b", the code says nothing');
  });
});

function isBuiltIn(type: GraphQLNamedType): boolean {
  return ['String', 'Int', 'Float', 'Boolean', 'ID'].includes(type.name);
}

function undescribed(type: GraphQLNamedType): string[] {
  const own = type.description ? [] : [type.name];
  if (isScalarType(type)) return own;
  if (isEnumType(type)) {
    return [
      ...own,
      ...type
        .getValues()
        .filter(({ description }) => !description)
        .map(({ name }) => `${type.name}.${name}`),
    ];
  }
  if (isInputObjectType(type)) {
    return [
      ...own,
      ...Object.values(type.getFields())
        .filter(({ description }) => !description)
        .map(({ name }) => `${type.name}.${name}`),
    ];
  }
  if (!isObjectType(type) && !isInterfaceType(type)) return own;
  const inside = Object.values(type.getFields()).flatMap((field) => [
    ...(field.description ? [] : [`${type.name}.${field.name}`]),
    ...field.args
      .filter(({ description }) => !description)
      .map(({ name }) => `${type.name}.${field.name}(${name})`),
  ]);
  return [...own, ...inside];
}
