import { parseLucene } from '../../../src/lib/lucene-query';

const documents: readonly Readonly<Record<string, string>>[] = [
  { name: 'Summer sale 2026', description: 'people of Europe' },
  { name: 'Winter sale', description: 'people of Asia' },
  { name: 'test-audience', description: 'a (small) one' },
];

function found(query: string): readonly number[] | undefined {
  const test = parseLucene(query);
  if (test === undefined) return undefined;
  return documents.flatMap((document, index) => {
    const read = (field: string | undefined): readonly string[] =>
      field === undefined ? Object.values(document) : [document[field] ?? ''].filter((text) => text !== '');
    return test(read) ? [index] : [];
  });
}

test.each([
  ['sale', [0, 1]],
  ['SALE', [0, 1]],
  ['name:sale', [0, 1]],
  ['description:sale', []],
  ['name:test*', [2]],
  ['name:t?st-*', [2]],
  ['name:*', [0, 1, 2]],
  ['unknown:*', []],
  ['"winter sale"', [1]],
  ['name:"sale 2026"', [0]],
  ['summer winter', [0, 1]],
  ['summer OR audience OR test-audience', [0, 2]],
  ['sale AND europe', [0]],
  ['sale && asia', [1]],
  ['sale AND NOT asia', [0]],
  ['+sale -europe', [1]],
  ['(summer OR winter) AND people', [0, 1]],
  ['\\(small\\)', []],
  ['"(small)"', [2]],
  ['*a*b*c*d*e*', []],
])('%s finds what it says', (query, wanted) => {
  expect(found(query)).toEqual(wanted);
});

test.each(['', '(', ')', 'AND', 'sale AND', 'NOT', '(sale', 'a)', '"open', '('.repeat(100)])(
  'what cannot be read is no query: %j',
  (query) => {
    expect(found(query)).toBeUndefined();
  },
);

test('stars cost no more than the one length times the other', () => {
  const long = 'a'.repeat(2_000);
  const query = parseLucene(`${'*a'.repeat(500)}b`);
  expect(query?.(() => [long])).toBe(false);
});
