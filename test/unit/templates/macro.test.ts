import { fc } from '../../support/fast-check';
import { parsePath, parseText, printPath, wholeMacro } from '../../../src/templates/macro';

test('a text is read into its literal pieces and its macros', () => {
  expect(parseText('urn:{{ targetConnection.params.x }}/{{response.data[0].id}}')).toMatchObject([
    { kind: 'literal', text: 'urn:' },
    { kind: 'macro', expression: 'targetConnection.params.x', path: ['targetConnection', 'params', 'x'] },
    { kind: 'literal', text: '/' },
    { kind: 'macro', path: ['response', 'data', 0, 'id'] },
  ]);
});

test('a name within a path may hold hyphens, and begin with a digit', () => {
  expect(wholeMacro('{{headers.x-linkedin-id}}')?.path).toEqual(['headers', 'x-linkedin-id']);
  expect(wholeMacro('{{destination.enrichmentAttributes.CustomerAudienceUpload.0d52-1}}')?.path).toHaveLength(
    4,
  );
});

test('three braces and filters are read as such', () => {
  expect(wholeMacro('{{{segmentEnrichmentAttributes | toJson}}}')).toMatchObject({
    isRaw: true,
    filters: ['toJson'],
    expression: 'segmentEnrichmentAttributes',
  });
});

test.each([
  ['{{segment.name', 'unclosed-macro'],
  ['{{}}', 'bad-macro'],
  ['{{segment..name}}', 'bad-macro'],
  ['{{segment name}}', 'bad-macro'],
  ['{{1+1}}', 'bad-macro'],
  ['{{a["b"]}}', 'bad-macro'],
  [`{{${'a.'.repeat(40)}a}}`, 'bad-macro'],
  ['{{x | }}', 'bad-macro'],
])('%s is no macro, and said to be none', (text, code) => {
  expect(parseText(text)).toMatchObject([{ kind: 'fault', code }]);
});

test('a text with control blocks is kept as a whole', () => {
  const text = '{% for a in b %}{{a}}{% endfor %}';
  expect(parseText(text)).toEqual([{ kind: 'script', text }]);
});

test('a path is printed as it was written', () => {
  expect(printPath(parsePath('errors[0].message-text[12]') ?? [])).toBe('errors[0].message-text[12]');
});

test('the pieces of any text are the text again', () => {
  const pieces = fc.constantFrom(
    '{{',
    '}}',
    '{{{',
    '}}}',
    'segment.name',
    '|',
    ' ',
    '{%',
    '[0]',
    'é',
    '{',
    '}',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(pieces, fc.string()), { maxLength: 12 }), (list) => {
      const text = list.join('');
      expect(
        parseText(text)
          .map((part) => part.text)
          .join(''),
      ).toBe(text);
    }),
  );
});
