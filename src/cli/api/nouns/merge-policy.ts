import { getVerb, listVerb } from '../common-verbs';
import type { Column, Noun } from '../verb';

const columns: readonly Column[] = [
  { title: 'ID', path: 'id' },
  { title: 'NAME', path: 'name' },
  { title: 'DEFAULT', path: 'isDefault' },
  { title: 'IDENTITY GRAPH', path: 'identityGraph' },
  { title: 'ATTRIBUTES', path: 'attributeMerge' },
];
const fields = 'id name version isDefault identityGraph attributeMerge';

export const mergePolicy: Noun = {
  name: 'merge-policy',
  description: 'Merge policies: how fragments of a person become one profile.',
  verbs: [
    listVerb({
      description: 'List merge policies.',
      text: `query ListMergePolicies($first: Int!, $after: String) {
        result: mergePolicies(first: $first, after: $after) {
          nodes { ${fields} }
          pageInfo { hasNextPage endCursor }
        }
      }`,
      columns: columns,
    }),
    getVerb({
      description: 'Show one merge policy.',
      text: `query GetMergePolicy($id: ID!) { result: mergePolicy(id: $id) { ${fields} } }`,
      columns: columns,
    }),
  ],
};
