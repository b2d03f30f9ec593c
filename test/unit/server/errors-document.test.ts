import { UserErrorCode } from '../../../src/schema/user-error.type';
import { errorCodes, protocolCodes } from '../../../src/server/format-error';
import { readDocument } from '../../support/markdown';

function codesUnder(heading: string): string[] {
  const section =
    readDocument('docs/errors.md')
      .split(/^## /m)
      .find((part) => part.startsWith(heading)) ?? '';
  return [...section.matchAll(/^\| `([A-Z_]+)`/gm)].map(([, code]) => code ?? '');
}

describe('docs/errors.md', () => {
  it('lists every code of GraphQL errors, ours and the protocol’s', () => {
    expect(codesUnder('Codes of GraphQL errors').sort()).toEqual([...errorCodes, ...protocolCodes].sort());
  });

  it('lists every code of user errors', () => {
    expect(codesUnder('Codes of user errors').sort()).toEqual(Object.values(UserErrorCode).sort());
  });
});
