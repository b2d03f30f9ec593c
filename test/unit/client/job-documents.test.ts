import { buildSchema, parse, validate } from 'graphql';
import { awaitDocument, watchDocuments } from '../../../src/client/job-documents';
import { readDocument } from '../../support/markdown';

describe('the documents of the client', () => {
  const schema = buildSchema(readDocument('schema.graphql'));

  it.each([...Object.entries(watchDocuments), ['await', awaitDocument]])(
    'fit the schema: %s',
    (_name, text) => {
      expect(validate(schema, parse(text))).toEqual([]);
    },
  );
});
