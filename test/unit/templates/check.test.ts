import { checkTemplate } from '../../../src/templates/check';
import type { DocumentA, DocumentB, OperationA, OperationB, Written } from '../../../src/templates/documents';
import { maskTemplate } from '../../../src/templates/mask';
import { dialectOf } from '../../../src/templates/documents';
import { audienceTemplateList } from '../../fixtures/adobe/bodies';
import { currentTemplates } from '../../fixtures/adobe/current-templates';

const a = (operation: Partial<OperationA>, rest: Partial<DocumentA> = {}): Written => ({
  dialect: 'A',
  document: {
    audience: { name: '{{segment.name}}', metadata: { source: '{{segment.metadata.source}}' } },
    credential: { token: '{{baseConnection.auth.params.accessToken}}' },
    metadataTemplate: {
      host: 'https://api.example.com',
      create: { uri: '/audiences', method: 'POST', ...operation },
    },
    ...rest,
  },
});
const b = (operation: Partial<OperationB>, rest: Partial<DocumentB> = {}): Written => ({
  dialect: 'B',
  document: {
    metadataTemplate: { create: { url: 'https://api.example.com/a', httpMethod: 'POST', ...operation } },
    ...rest,
  },
});
/** Place and code of each diagnostic. */
const report = (template: Written): string[] =>
  checkTemplate(template).map(({ path, code }) => `${path.slice(1).join('.')} ${code}`);

describe('a template without fault', () => {
  test.each(audienceTemplateList.map((one) => [one.instanceId, one] as const))(
    'is Adobe’s of the alpha, %s',
    (_id, document) => {
      expect(checkTemplate({ dialect: 'A', document: document as unknown as DocumentA })).toEqual([]);
    },
  );

  test.each(Object.entries(currentTemplates))('is Adobe’s of today, %s', (_name, document) => {
    expect(checkTemplate({ dialect: 'B', document: document as unknown as DocumentB })).toEqual([]);
  });

  test('may name a destination on this machine without TLS', () => {
    const metadataTemplate = { host: 'http://127.0.0.1:4300', create: { uri: '/a', method: 'POST' } };
    expect(report(a({}, { metadataTemplate }))).toEqual([]);
  });

  test('may write whole URLs where it has no host', () => {
    const metadataTemplate = { create: { uri: 'https://api.example.com/a', method: 'POST' } };
    expect(report(a({}, { metadataTemplate }))).toEqual([]);
  });
});

describe('a macro', () => {
  test.each<[string, Written, string]>([
    ['of the answer in a URL', a({ uri: '/{{response.id}}' }), 'create.uri misplaced-macro'],
    [
      'of the request in an answer',
      a({ schemaMap: { id: '{{segment.id}}' } }),
      'create.schemaMap.id misplaced-macro',
    ],
    [
      'with a credential in the audience',
      a({}, { audience: { n: '{{authData.token}}' } }),
      'n misplaced-macro',
    ],
    ['of one map in the other', a({}, { credential: { t: '{{audience.name}}' } }), 't misplaced-macro'],
    ['that is not known', a({ body: { n: '{{segment.title}}' } }), 'create.body.n unknown-macro'],
    ['of the map that the map lacks', a({ body: '{{audience.title}}' }), 'create.body unknown-macro'],
    [
      'of a map in today’s model',
      b({ requestBody: { json: '{{audience.name}}' } }),
      'create.requestBody.json misplaced-macro',
    ],
    ['in a name', a({ body: { '{{segment.name}}': 1 } }), 'create.body.{{segment.name}} macro-in-name'],
    [
      'in the name of the template',
      a(
        {},
        {
          metadataTemplate: {
            name: '{{segment.name}}',
            host: 'https://h',
            create: { uri: '/', method: 'GET' },
          },
        },
      ),
      'name misplaced-macro',
    ],
    ['that is not closed', a({ headers: { X: 'a {{segment.name' } }), 'create.headers.X unclosed-macro'],
    ['with three braces in a URL', b({ url: 'https://h/{{{segment.name}}}' }), 'create.url raw-macro'],
    [
      'with a filter in a header',
      b({ headers: [{ header: 'X', value: '{{segment.name|toJson}}' }] }),
      'create.headers.0.value unknown-filter',
    ],
    [
      'with an unknown filter',
      b({ requestBody: { json: ['{{segment.name|upper}}'] } }),
      'create.requestBody.json.0 unknown-filter',
    ],
    ['within control blocks of the alpha', a({ body: '{% if x %}{% endif %}' }), 'create.body control-block'],
  ])('%s is reported at its place', (_what, template, expected) => {
    expect(report(template)).toContain(expected);
  });

  test.each([
    ['{{segment.nmae}}', 'segment.name'],
    ['{{audience.metadata.sorce}}', 'audience.metadata.source'],
    ['{{targetConnection.param.accountId}}', 'targetConnection.params.accountId'],
    ['{{userContext.imsOrgID}}', 'userContext.imsOrgId'],
  ])('like %s earns the suggestion %s', (text, suggestion) => {
    expect(checkTemplate(a({ body: text }))).toMatchObject([{ macro: text, suggestion }]);
  });

  test('of an error may be any path, with braces or, in the alpha, without', () => {
    expect(report(a({ errorSchemaMap: { message: 'errors[0].detail', code: '{{fault.code}}' } }))).toEqual(
      [],
    );
    expect(report(b({ responseErrorFields: [{ name: 'message', value: '{{fault.text}}' }] }))).toEqual([]);
  });
});

describe('a macro that is closed and not opened', () => {
  test.each<[string, Written, string[]]>([
    ['in a URL', a({ uri: '/segment.name}}' }), ['create.uri unopened-macro']],
    ['in a body', a({ body: { n: 'segment.name}}' } }), ['create.body.n unopened-macro']],
    ['after one that is opened', a({ body: '{{segment.id}}segment.name}}' }), ['create.body unopened-macro']],
    ['but not in JSON as text', a({ body: '{"a":{"b":"{{segment.id}}"}}' }), []],
  ])('%s is told so', (_where, template, expected) => {
    expect(report(template)).toEqual(expected);
  });
});

describe('a validation', () => {
  const of = (field: string, regex: string): string[] => report(a({}, { validations: [{ field, regex }] }));

  test.each([
    ['a macro in its pattern', '{{segment.name}}', '{{segment.name}}', ['0.regex misplaced-macro']],
    ['a field without macro', 'abc', '^a$', ['0.field bad-validation']],
    ['a field that only closes', 'segment.name}}', '^a$', ['0.field unopened-macro']],
    ['two escaped braces', '{{segment.name}}', '^\\{\\{$', []],
  ])('with %s is looked at', (_what, field, regex, expected) => {
    expect(of(field, regex)).toEqual(expected);
  });
});

describe('no diagnostic quotes a secret', () => {
  const canary = 'hunter2';
  test.each<[string, Written]>([
    ['in the credential', a({}, { credential: { t: `{{${canary}}}` } })],
    ['in braces that are no macro', a({}, { credential: { t: `{{x ${canary}}}` } })],
    ['in a header that tells', a({ headers: { Authorization: `Bearer {{${canary}}}` } })],
    [
      'in a pattern that cannot be read',
      a({}, { validations: [{ field: '{{segment.name}}', regex: `(${canary}` }] }),
    ],
    ['in three braces', a({ headers: { 'X-Key': `{{{${canary}}}}` } })],
  ])('%s', (_where, template) => {
    const diagnostics = checkTemplate(template);
    expect(diagnostics).toHaveLength(1);
    expect(JSON.stringify(diagnostics)).not.toContain(canary);
  });

  test('that is one by its shape', () => {
    const token = 'AIzaSyA1234567890abcdefghijklmn';
    const diagnostics = checkTemplate(a({ body: `{{${token}}}` }));
    expect(diagnostics).toHaveLength(1);
    expect(JSON.stringify(diagnostics)).not.toContain(token);
  });
});

describe('a URL', () => {
  test.each([
    'https://{{customerData.region}}.example.com/',
    'https://example.com{{customerData.rest}}',
    'https://user:secret@example.com/',
    'http://example.com/',
    'http://169.254.169.254/latest',
    'http://127.0.0.1@evil.example/',
    'ftp://example.com/',
    'https://example.com/../admin',
    'https://example.com/%2e%2e/admin',
    'https://example.com/a#b',
    'https://example.com/a b',
    'https:\\\\example.com',
    '{{customerData.url}}',
  ])('such as %s is refused', (url) => {
    expect(report(b({ url }))).toEqual(['create.url bad-url']);
  });
});

describe('a pattern', () => {
  test.each([
    '(?=a)',
    '(?<!a)b',
    '(a)\\1',
    '(',
    '(a{1000}){1000}',
    '\\p{L}{1000}\\p{L}{1000}',
    'a'.repeat(2000),
  ])('that cannot be matched in linear time is refused: %s', (regex) => {
    const validations = [{ field: '{{audience.name}}', regex }];
    expect(checkTemplate(a({}, { validations }))).toMatchObject([
      { code: 'bad-regex', path: ['validations', 0, 'regex'] },
    ]);
  });
});

describe('a document', () => {
  test('is told by its fields which model it belongs to', () => {
    expect(dialectOf(b({}).document)).toBe('B');
    expect(dialectOf(a({}).document)).toBe('A');
    expect(dialectOf({ metadataTemplate: { notify: {} } })).toBe('B');
  });
});

test.each<[string, Written, string]>([
  ['a form and a JSON body', a({ params: { a: 'b' }, body: {} }), 'create.params two-bodies'],
  ['a form field that is a map', a({ params: { a: { b: 'c' } } }), 'create.params.a.b bad-form-field'],
  [
    'an output that is a bare path',
    a({ schemaMap: { id: 'response.id' } }),
    'create.schemaMap.id bad-answer-path',
  ],
  [
    'an error that is no path',
    a({ errorSchemaMap: { message: 'no path!' } }),
    'create.errorSchemaMap.message bad-answer-path',
  ],
  [
    'a host with a query',
    a({}, { metadataTemplate: { host: 'https://h?a', create: { uri: '/', method: 'GET' } } }),
    'host bad-host',
  ],
  [
    'headers that differ in case alone',
    a({ headers: { 'X-A': '1', 'x-a': '2' } }),
    'create.headers repeated-header',
  ],
])('%s is refused', (_what, template, expected) => {
  expect(report(template)).toContain(expected);
});

test('a pattern is matched by its meaning, whatever braces and classes it holds', () => {
  for (const regex of [
    '^[\\]{}(]{2}$',
    '\\p{L}{3}',
    '(a|b){10}',
    '[^]a]',
    '\\(',
    '^[A-Za-z0-9._%+-]{1,64}@[^@]{1,255}$',
  ]) {
    expect(report(a({}, { validations: [{ field: '{{audience.name}}', regex }] }))).toEqual([]);
  }
});

/** For each there is a bound, without which its cost would grow with the square of its size, or faster. */
describe('a hostile template is judged in a moment', () => {
  /** The processor time of it in ms, which does not depend on what else the machine does. */
  const judge = (template: Written): number => {
    const start = process.cpuUsage();
    maskTemplate(template);
    checkTemplate(template);
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
  };
  const many = (length: number, of: (index: number) => unknown): unknown[] =>
    Array.from({ length }, (_, index) => of(index));

  test.each<[string, Written]>([
    [
      'thousands of unknown macros beside thousands of definitions',
      a(
        { body: many(10_000, (index) => `{{audience.key${index}x}}`) },
        { audience: Object.fromEntries(many(10_000, (index) => [`key${index}`, '']) as [string, string][]) },
      ),
    ],
    [
      'patterns that are large when they are compiled',
      a(
        {},
        {
          validations: many(100, () => ({
            field: '{{audience.name}}',
            regex: `(?:${'\\p{L}'.repeat(200)}){1000}`,
          })) as never,
        },
      ),
    ],
    ['a long run of spaces after a scheme', a({ body: `Bearer${' '.repeat(500_000)}` })],
    ['many beginnings of a token', a({ body: 'eyJ-'.repeat(125_000) })],
    ['a long name in capitals', a({ body: { ['A'.repeat(500_000)]: 'x' } })],
    ['many braces', a({ body: '{{'.repeat(250_000) })],
  ])('with %s', (_what, template) => {
    expect(judge(template)).toBeLessThan(2000);
  });
});
