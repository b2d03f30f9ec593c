import { parseJson } from '../../../src/lib/parse-json';

it('keeps integers beyond 2^53 as texts, wherever they stand', () => {
  expect(
    parseJson('{"id":9007199254740993,"list":[-12345678901234567890, 1],"n": 9007199254740991}'),
  ).toEqual({
    id: '9007199254740993',
    list: ['-12345678901234567890', 1],
    n: 9007199254740991,
  });
});

it('leaves texts and fractions alone', () => {
  const text =
    '{"text":"a \\"quoted\\": 9007199254740993","fraction":0.12345678901234567,"e":12345678901234567e3}';
  expect(parseJson(text)).toEqual(JSON.parse(text));
});

it('refuses what is no JSON', () => {
  expect(() => parseJson('{"a": 9007199254740993')).toThrow(SyntaxError);
});
