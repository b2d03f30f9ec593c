import { toDocumentA, toDocumentB, verbsBeyondA } from '../../../src/templates/convert';
import type { DocumentA, DocumentB } from '../../../src/templates/documents';
import { checkTemplate } from '../../../src/templates/check';
import { audienceTemplateList } from '../../fixtures/adobe/bodies';
import { currentTemplates } from '../../fixtures/adobe/current-templates';

const alpha: DocumentA = {
  audience: {
    account: 'urn:li/{{targetConnection.params.accountId}}',
    n: 5,
    meta: { tags: ['a', '{{segment.id}}'] },
  },
  credential: { token: '{{authData.token}}' },
  metadataTemplate: {
    name: 'N',
    host: 'https://h.example/v1',
    create: {
      uri: '/{{audience.account}}?n={{audience.n}}',
      method: 'POST',
      headers: { Authorization: 'Bearer {{credential.token}}' },
      body: {
        meta: '{{audience.meta}}',
        n: '{{audience.n}}',
        text: 'a {{audience.account}}',
        id: '{{audience.id}}',
      },
      schemaMap: { externalAudienceId: '{{response.id}}', more: { name: '{{response.name}}' } },
      errorSchemaMap: { message: 'errors[0].message' },
    },
    delete: { uri: '/{{audience.id}}', method: 'DELETE', params: { token: '{{credential.token}}' } },
  },
  validations: [{ field: '{{audience.account}}', regex: '^urn' }],
};

test('a template of the alpha in today’s model has the maps written into its texts', () => {
  expect(toDocumentB({ dialect: 'A', document: alpha })).toEqual({
    metadataTemplate: {
      name: 'N',
      create: {
        url: 'https://h.example/v1/urn%3Ali%2F{{targetConnection.params.accountId}}?n=5',
        httpMethod: 'POST',
        headers: [{ header: 'Authorization', value: 'Bearer {{authData.token}}' }],
        requestBody: {
          json: {
            meta: { tags: ['a', '{{segment.id}}'] },
            n: 5,
            text: 'a urn:li/{{targetConnection.params.accountId}}',
            id: '{{segment.alias}}',
          },
        },
        responseFields: [
          { name: 'externalAudienceId', value: '{{response.id}}' },
          { name: 'more.name', value: '{{response.name}}' },
        ],
        responseErrorFields: [{ name: 'message', value: '{{errors[0].message}}' }],
      },
      delete: {
        url: 'https://h.example/v1/{{segment.alias}}',
        httpMethod: 'DELETE',
        requestBody: { params: { token: '{{authData.token}}' } },
      },
    },
    validations: [{ field: 'urn:li/{{targetConnection.params.accountId}}', regex: '^urn' }],
  });
});

test('urls of one host are a host and paths in the alpha’s model', () => {
  const create = { url: 'https://h.example/a', httpMethod: 'POST' };
  const document = {
    metadataTemplate: { create, delete: { url: 'https://h.example', httpMethod: 'DELETE' } },
  };
  expect(toDocumentA({ dialect: 'B', document }).metadataTemplate).toEqual({
    host: 'https://h.example',
    create: { uri: '/a', method: 'POST' },
    delete: { uri: '/', method: 'DELETE' },
  });
});

test('urls of several hosts are written in full there', () => {
  const document = {
    metadataTemplate: {
      create: { url: 'https://one.example/a', httpMethod: 'POST' },
      update: { url: 'https://two.example/b', httpMethod: 'PUT' },
    },
  };
  const converted = toDocumentA({ dialect: 'B', document });
  expect(converted.metadataTemplate).toEqual({
    create: { uri: 'https://one.example/a', method: 'POST' },
    update: { uri: 'https://two.example/b', method: 'PUT' },
  });
  expect(checkTemplate({ dialect: 'A', document: converted })).toEqual([]);
});

test('what the alpha has no name for is named', () => {
  const document = currentTemplates['of a webhook'] as unknown as DocumentB;
  expect(verbsBeyondA({ dialect: 'B', document })).toEqual([
    'createDestination',
    'updateDestination',
    'deleteDestination',
  ]);
});

describe('a template of Adobe’s', () => {
  test.each(
    audienceTemplateList
      .filter((one) => 'metadataTemplate' in one)
      .map((one) => [one.instanceId, one] as const),
  )('of the alpha is without fault in today’s model: %s', (_id, template) => {
    const document = toDocumentB({ dialect: 'A', document: template as unknown as DocumentA });
    expect(checkTemplate({ dialect: 'B', document })).toEqual([]);
  });

  test.each(['of the list', 'with its values in the URL'] as const)(
    'of today is the same again after a way through the alpha: %s',
    (name) => {
      const document = currentTemplates[name] as unknown as DocumentB;
      const converted = toDocumentA({ dialect: 'B', document });
      expect(checkTemplate({ dialect: 'A', document: converted })).toEqual([]);
      expect(toDocumentB({ dialect: 'A', document: converted })).toEqual(document);
    },
  );
});
