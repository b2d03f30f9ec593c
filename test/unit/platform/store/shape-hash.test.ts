import { shapeHash } from '../../../../src/platform/store/ingest/shape-hash';

const hashOf = (text: string): number => {
  const bytes = Buffer.from(`xx${text}yy`);
  return shapeHash(bytes, 2, bytes.length - 2);
};

describe('the hash of a row', () => {
  it.each([
    ['values', '{"a": "x", "b": [1, true]}', '{"a":"yy\\"z","b":[22,true]}'],
    ['blanks', '{"a":1}', ' {\t"a" : 1 }\r'],
    ['signs', '{"a":1}', '{"a":-75}'],
  ])('does not mind %s', (_, one, other) => {
    expect(hashOf(one)).toBe(hashOf(other));
  });

  it.each([
    ['keys', '{"a":1}', '{"b":1}'],
    ['depth', '{"a":{"b":1}}', '{"a":1,"b":1}'],
    ['a text and a number', '{"a":1}', '{"a":"1"}'],
    ['whole numbers and fractions', '{"a":1}', '{"a":1.5}'],
    ['numbers with an exponent', '{"a":10}', '{"a":1e1}'],
    ['numbers too long for an integer', '{"a":1}', '{"a":18446744073709551616}'],
    ['true and null', '{"a":true}', '{"a":null}'],
    ['a key and a text of the same spelling', '{"a":"b"}', '{"b":"a"}'],
    ['a list and an object', '{"a":[]}', '{"a":{}}'],
    ['a missing and a doubled comma', '{"a":1,"b":1}', '{"a":1,,"b":1}'],
  ])('tells apart %s', (_, one, other) => {
    expect(hashOf(one)).not.toBe(hashOf(other));
  });

  it('ends at the end of the row, even inside a text', () => {
    expect(hashOf('{"a":"open')).toBe(hashOf('{"a":"other'));
    expect(hashOf('')).toBe(hashOf(' '));
  });
});
