import type { OperationA, OperationB, Written } from '../../../src/templates/documents';
import type { AnswerReading, DestinationAnswer } from '../../../src/templates/read-answer';
import { readAnswer } from '../../../src/templates/read-answer';

const a = (operation: Partial<OperationA>): Written => ({
  dialect: 'A',
  document: { metadataTemplate: { host: 'https://h', create: { uri: '/', method: 'POST', ...operation } } },
});
const b = (operation: Partial<OperationB>): Written => ({
  dialect: 'B',
  document: { metadataTemplate: { create: { url: 'https://h/', httpMethod: 'POST', ...operation } } },
});
const read = (template: Written, answer: Partial<DestinationAnswer>): AnswerReading =>
  readAnswer({ template, verb: 'create', answer: { status: 200, headers: {}, body: null, ...answer } });

describe('a success', () => {
  test.each<[string, Record<string, unknown>, Partial<DestinationAnswer>, string]>([
    ['the body', { externalAudienceId: '{{response.data.id}}' }, { body: { data: { id: 'e1' } } }, 'e1'],
    [
      'a list',
      { externalAudienceId: '{{body.segments[0].segment.id}}' },
      { body: { segments: [{ segment: { id: 12 } }] } },
      '12',
    ],
    [
      'a header in any case',
      { externalAudienceId: '{{headers.X-LinkedIn-Id}}' },
      { headers: { 'x-linkedin-id': 'e2' } },
      'e2',
    ],
    [
      'a header of several values',
      { externalAudienceId: '{{headers.location}}' },
      { headers: { location: ['e3', 'e4'] } },
      'e3',
    ],
    ['a text with more in it', { externalAudienceId: 'urn:{{response.id}}' }, { body: { id: 5 } }, 'urn:5'],
    ['a body that is text', { externalAudienceId: '{{root}}' }, { body: 'e6' }, 'e6'],
  ])('gives the id that stands in %s', (_where, schemaMap, answer, id) => {
    expect(read(a({ schemaMap }), answer)).toMatchObject({ externalAudienceId: id, error: null });
  });

  test('gives every output, null where the answer has nothing there', () => {
    const schemaMap = { Id: '{{response.id}}', more: { name: '{{response.name}}' } };
    expect(read(a({ schemaMap }), { body: { id: 3 } })).toEqual({
      externalAudienceId: null,
      values: { Id: 3, more: { name: null } },
      error: null,
    });
  });

  test('reads no inherited property', () => {
    const schemaMap = { x: '{{response.constructor}}', y: '{{response.list.length}}' };
    expect(read(a({ schemaMap }), { body: { list: [1] } }).values).toEqual({ x: null, y: null });
  });
});

describe('an error', () => {
  test.each<[string, Written, unknown, string]>([
    [
      'a bare path',
      a({ errorSchemaMap: { message: 'errors[0].message' } }),
      { errors: [{ message: 'no' }] },
      'no',
    ],
    [
      'a path over the error',
      a({ errorSchemaMap: { message: 'error.message' } }),
      { error: { message: 'no' } },
      'no',
    ],
    [
      'the same in braces',
      b({ responseErrorFields: [{ name: 'message', value: '{{error.message}}' }] }),
      { error: { message: 'no' } },
      'no',
    ],
    [
      'error for the whole body',
      b({ responseErrorFields: [{ name: 'message', value: '{{error.message}}' }] }),
      { message: 'no' },
      'no',
    ],
    [
      'the whole body',
      b({ responseErrorFields: [{ name: 'message', value: '{{root}}' }] }),
      { a: 1 },
      '{"a":1}',
    ],
    [
      'nothing',
      a({ errorSchemaMap: { message: 'message' } }),
      'x',
      'The destination answered with status 400.',
    ],
    ['no map', a({}), { message: 'x' }, 'The destination answered with status 400.'],
  ])('is read by %s', (_how, template, body, error) => {
    expect(read(template, { status: 400, body })).toEqual({ externalAudienceId: null, values: {}, error });
  });

  test('is one line of bounded length', () => {
    const { error } = read(a({ errorSchemaMap: { message: 'm' } }), {
      status: 500,
      body: { m: 'a\n\u0000b'.repeat(1000) },
    });
    expect(error).toMatch(/^a ba b[^\n\u0000]{490,500}…$/u);
  });

  test('is a redirect too, which nobody follows', () => {
    expect(read(a({}), { status: 302 }).error).toBe('The destination answered with status 302.');
  });
});
