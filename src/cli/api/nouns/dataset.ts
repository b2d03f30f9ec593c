import { changeVerb, getVerb, listVerb } from '../common-verbs';
import { argument } from '../options';
import type { Column, Noun } from '../verb';
import { userErrorFields } from './user-error-fields';

const columns: readonly Column[] = [
  { title: 'ID', path: 'id' },
  { title: 'NAME', path: 'name' },
  { title: 'UNION', path: 'isUnion' },
  { title: 'CREATED', path: 'createdAt' },
];
const fields = 'id name schemaId isUnion createdAt';

export const dataset: Noun = {
  name: 'dataset',
  description: 'Datasets, into which profiles are exported.',
  verbs: [
    listVerb({
      description: 'List datasets.',
      text: `query ListDatasets($first: Int!, $after: String) {
        result: datasets(first: $first, after: $after) {
          nodes { ${fields} }
          pageInfo { hasNextPage endCursor }
        }
      }`,
      columns: columns,
    }),
    getVerb({
      description: 'Show one dataset.',
      text: `query GetDataset($id: ID!) { result: dataset(id: $id) { ${fields} } }`,
      columns: columns,
    }),
    changeVerb({
      usage: 'create <name>',
      description: 'Make a dataset on the union schema.',
      text: `mutation CreateDataset($name: String!) {
        result: createDataset(name: $name) { value: dataset { ${fields} } ${userErrorFields} }
      }`,
      columns: columns,
      variables: (call) => ({ name: argument(call) }),
    }),
  ],
};
