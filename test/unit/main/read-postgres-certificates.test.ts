import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Secret } from '../../../src/lib/secret';
import { readPostgresCertificates } from '../../../src/main/read-postgres-certificates';
import { createTestAuthority } from '../../support/self-made-certificates';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gateway-certificates-'));
});
afterAll(() => rm(folder, { recursive: true }));

const read = (query: string): ReturnType<typeof readPostgresCertificates> =>
  readPostgresCertificates(new Secret(`postgres://gateway:a-long-password@db.example/shared?${query}`));
const write = async (name: string, text: string): Promise<string> => {
  await writeFile(join(folder, name), text);
  return join(folder, name);
};

describe('the certificates that BACKBONE_URL names', () => {
  it('are none where it names none, or is not set', async () => {
    expect(await read('sslmode=verify-full')).toEqual({});
    expect(await readPostgresCertificates(null)).toEqual({});
  });

  it('are read, and the key is kept as a secret', async () => {
    const authority = createTestAuthority('a CA');
    const own = authority.issue(['gateway']);
    const [ca, certificate, key] = [
      await write('ca.pem', authority.certificate),
      await write('own.pem', own.certificate),
      await write('own.key', own.key),
    ];
    const found = await read(`sslmode=verify-full&sslrootcert=${ca}&sslcert=${certificate}&sslkey=${key}`);
    expect(found).toEqual({
      ca: authority.certificate,
      own: { certificate: own.certificate, key: expect.any(Secret) as Secret },
    });
    expect(found.own?.key.reveal()).toBe(own.key);
    expect(JSON.stringify(found)).not.toContain('PRIVATE KEY');
  });

  it.each([
    [
      'missing.pem',
      null,
      /BACKBONE_URL names \S+missing\.pem as sslrootcert, which cannot be read \(ENOENT\)/,
    ],
    ['no.pem', 'not a certificate', /BACKBONE_URL names \S+no\.pem as sslrootcert, which is no certificate/],
  ])('end the start where %s is none, without the password', async (name, text, words) => {
    const path = text === null ? join(folder, name) : await write(name, text);
    const refusal = read(`sslmode=verify-full&sslrootcert=${path}`);
    await expect(refusal).rejects.toThrow(words);
    await expect(refusal).rejects.not.toThrow(/a-long-password/);
  });
});
