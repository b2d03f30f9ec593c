import { fc } from '../support/fast-check';
import type { Written } from '../../src/templates/documents';
import type { OutgoingRequest } from '../../src/templates/render';
import { renderOperation, serializeBody } from '../../src/templates/render';

/** Values that a careless renderer would stumble over. */
const hostile = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '"',
    '\\',
    '","admin":true,"x":"',
    '{{credential.token}}',
    '{{{x}}}',
    '{% if %}',
    '../..',
    '?a=b&c#d',
    '\r\nX: 1',
    '\ud800',
    '%2e%2e',
    '&',
    '=',
    '+',
    ' ',
  ),
);

function render(value: unknown): { readonly request: OutgoingRequest; readonly isSendable: boolean } {
  const rendered = renderOperation({
    template,
    verb: 'create',
    facts: { segment: null, values: { customerData: { value } } },
  });
  if (rendered === undefined) throw new Error('no create');
  const { request, unresolved, violations } = rendered;
  return { request, isSendable: unresolved.length === 0 && violations.length === 0 };
}

const template: Written = {
  dialect: 'B',
  document: {
    metadataTemplate: {
      create: {
        url: 'https://api.example.com/v1/{{customerData.value}}/end?q={{customerData.value}}&z=1',
        httpMethod: 'POST',
        headers: [{ header: 'X-Value', value: 'v {{customerData.value}}' }],
        requestBody: {
          json: { whole: '{{customerData.value}}', part: '<{{customerData.value}}>', fixed: ['a', { b: 1 }] },
        },
      },
    },
  },
};

/** Half a surrogate pair cannot be encoded; it becomes U+FFFD. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}

test('any text comes back from a JSON body as it was, and changes nothing beside it', () => {
  fc.assert(
    fc.property(hostile, (value) => {
      const body = serializeBody(render(value).request.body);
      expect(JSON.parse(body?.text ?? '')).toEqual({
        whole: value,
        part: `<${value}>`,
        fixed: ['a', { b: 1 }],
      });
    }),
  );
});

test('any JSON value comes back from where it stands alone', () => {
  fc.assert(
    fc.property(
      fc.jsonValue().filter((value) => value !== null),
      (value) => {
        const plain = JSON.parse(JSON.stringify(value)) as unknown;
        const body = serializeBody(render(plain).request.body);
        expect((JSON.parse(body?.text ?? '') as { whole: unknown }).whole).toEqual(plain);
      },
    ),
  );
});

test('any text that may be sent comes back from its part of the URL, whose other parts stay', () => {
  fc.assert(
    fc.property(hostile, (value) => {
      const { request, isSendable } = render(value);
      fc.pre(isSendable);
      const url = new URL(request.url);
      const [, version, part = '', end, ...others] = url.pathname.split('/');
      expect([url.origin, version, end, others, url.hash]).toEqual([
        'https://api.example.com',
        'v1',
        'end',
        [],
        '',
      ]);
      expect(decodeURIComponent(part)).toBe(wellFormed(value));
      expect([...url.searchParams]).toEqual([
        ['q', wellFormed(value)],
        ['z', '1'],
      ]);
    }),
  );
});

test('no text that may be sent breaks out of its header', () => {
  fc.assert(
    fc.property(hostile, (value) => {
      const { request, isSendable } = render(value);
      fc.pre(isSendable);
      const headers = new Headers(Object.fromEntries(request.headers));
      // The body's own type, and nothing that the value brought.
      expect([...headers.keys()]).toEqual(['content-type', 'x-value']);
      expect(headers.get('x-value')).toBe(`v ${value}`.trim());
    }),
  );
});
