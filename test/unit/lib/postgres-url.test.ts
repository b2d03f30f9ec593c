import { parsePostgresUrl } from '../../../src/lib/postgres-url';

const noFiles = { ca: null, certificate: null, key: null };
const base = 'postgres://gateway:word@db.example:5432/shared';

describe('the address of a PostgreSQL', () => {
  it.each([
    ['', 'none'],
    ['?sslmode=disable', 'none'],
    ['?sslmode=require', 'verified'],
    ['?sslmode=verify-ca', 'verified'],
    ['?sslmode=verify-full', 'verified'],
    ['?sslmode=no-verify', 'unverified'],
  ])('with %j has TLS: %s', (query, tls) => {
    expect(parsePostgresUrl(`${base}${query}`)).toEqual({ url: base, tls, files: noFiles });
  });

  it('names files, and keeps what it says of other things', () => {
    const query =
      '?sslmode=verify-full&sslrootcert=/run/ca.pem&sslcert=/c.pem&sslkey=/k.pem&options=-c+x%3D1';
    expect(parsePostgresUrl(`${base}${query}`)).toEqual({
      url: `${base}?options=-c+x%3D1`,
      tls: 'verified',
      files: { ca: '/run/ca.pem', certificate: '/c.pem', key: '/k.pem' },
    });
  });

  it('takes sslrootcert=system for the authorities that everybody knows', () => {
    expect(parsePostgresUrl(`${base}?sslmode=verify-full&sslrootcert=system`)?.files).toEqual(noFiles);
  });

  it.each([
    'sslmode=prefer',
    // Each would turn off, in the library beneath, what sslmode asks for.
    'sslmode=require&ssl=0',
    'sslmode=require&uselibpqcompat=true',
    'sslmode=require&sslnegotiation=direct',
    // Contradictions.
    'sslrootcert=/run/ca.pem',
    'sslmode=no-verify&sslrootcert=/run/ca.pem',
    'sslmode=require&sslcert=/c.pem',
    'sslcert=/c.pem&sslkey=/k.pem',
  ])('is refused with %s', (query) => {
    expect(parsePostgresUrl(`${base}?${query}`)).toBeNull();
  });
});
