import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  Kind,
  TypeInfo,
  buildSchema,
  getNamedType,
  parse,
  validate,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { nouns } from '../../../../src/cli/api/add-api-commands';
import { doctorDocuments } from '../../../../src/cli/api/doctor';
import type { ApiDocument } from '../../../../src/cli/api/verb';

const schema = buildSchema(readFileSync(resolve(__dirname, '../../../../schema.graphql'), 'utf8'));
const scalars = new Set(['JSON', 'JSONObject']);

/** Every dotted path that a document selects, by the names that stand in its answer; `*` below what may hold anything. */
function selectedPaths(text: string): ReadonlySet<string> {
  const paths = new Set<string>();
  const document = parse(text);
  const fragments = new Map(
    document.definitions.flatMap((node) =>
      node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node]] : [],
    ),
  );
  const types = new TypeInfo(schema);
  const here: string[] = [];
  const walk = (root: (typeof document.definitions)[number]): void => {
    visit(
      root,
      visitWithTypeInfo(types, {
        Field: {
          enter: (node) => {
            here.push((node.alias ?? node.name).value);
            paths.add(here.join('.'));
            if (scalars.has(getNamedType(types.getType())?.name ?? '')) paths.add(`${here.join('.')}.*`);
          },
          leave: () => void here.pop(),
        },
        FragmentSpread: (node) => {
          const fragment = fragments.get(node.name.value);
          if (fragment !== undefined) walk(fragment);
        },
      }),
    );
  };
  for (const node of document.definitions) if (node.kind === Kind.OPERATION_DEFINITION) walk(node);
  return paths;
}

const documents: [string, ApiDocument][] = [
  ...nouns.flatMap(({ name, verbs }) =>
    verbs.flatMap((verb) =>
      verb.documents.map((document, index): [string, ApiDocument] => [
        `${name} ${verb.usage} ${index}`,
        document,
      ]),
    ),
  ),
  ...doctorDocuments.map((document, index): [string, ApiDocument] => [`doctor ${index}`, document]),
];

test.each(documents)('audience %s asks what the schema has', (_verb, { text }) => {
  expect(validate(schema, parse(text)).map(({ message }) => message)).toEqual([]);
});

test.each(documents.filter(([, { columns }]) => columns.length > 0))(
  'audience %s shows nothing but what it asks for',
  (_verb, { text, rows, columns }) => {
    const selected = selectedPaths(text);
    expect(columns.map(({ path }) => `${rows}.${path}`).filter((path) => !selected.has(path))).toEqual([]);
  },
);
