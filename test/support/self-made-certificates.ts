import { generateKeyPairSync, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { isIP } from 'node:net';

/** An authority of nobody's but a test's, and what it has signed. All in PEM. */
export interface TestAuthority {
  readonly certificate: string;
  /** For a server that is reached by these names or IPv4 addresses. */
  issue(hosts: readonly string[]): { readonly certificate: string; readonly key: string };
}

/** Made anew, so that no key is kept anywhere and none ends. Source of the shapes: RFC 5280, sections 4.1 and 4.2. */
export function createTestAuthority(name: string): TestAuthority {
  const authority = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const issuer = { name, key: authority.privateKey };
  const ofAuthority = [extension([2, 5, 29, 19], sequence(tag(0x01, Buffer.from([0xff]))))];
  return {
    certificate: certify({ subject: name, key: authority.publicKey, issuer, extensions: ofAuthority }),
    issue: (hosts) => {
      const own = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const extensions = [extension([2, 5, 29, 17], sequence(...hosts.map(alternativeName)))];
      return {
        certificate: certify({ subject: `${name} server`, key: own.publicKey, issuer, extensions }),
        key: own.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
      };
    },
  };
}

function certify(of: {
  readonly subject: string;
  readonly key: KeyObject;
  readonly issuer: { readonly name: string; readonly key: KeyObject };
  readonly extensions: readonly Buffer[];
}): string {
  const ecdsaWithSha256 = sequence(objectId([1, 2, 840, 10_045, 4, 3, 2]));
  const validity = sequence(tag(0x17, Buffer.from('200101000000Z')), tag(0x17, Buffer.from('491231235959Z')));
  const body = sequence(
    tag(0xa0, tag(0x02, Buffer.from([2]))),
    tag(0x02, Buffer.from([1 + of.subject.length])),
    ecdsaWithSha256,
    distinguishedName(of.issuer.name),
    validity,
    distinguishedName(of.subject),
    of.key.export({ type: 'spki', format: 'der' }),
    tag(0xa3, sequence(...of.extensions)),
  );
  const signature = tag(0x03, Buffer.from([0]), sign('sha256', body, of.issuer.key));
  const text = sequence(body, ecdsaWithSha256, signature)
    .toString('base64')
    .replaceAll(/.{1,64}/g, '$&\n');
  return `-----BEGIN CERTIFICATE-----\n${text}-----END CERTIFICATE-----\n`;
}

/** DER: a tag, the length, what is in it. */
function tag(number: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([number, ...size]), content]);
}

const sequence = (...parts: readonly Buffer[]): Buffer => tag(0x30, ...parts);

function objectId([first = 0, second = 0, ...rest]: readonly number[]): Buffer {
  const base128 = (value: number): readonly number[] =>
    value < 128 ? [value] : [...base128(value >> 7).map((byte) => byte | 128), value & 127];
  return tag(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

const extension = (id: readonly number[], value: Buffer): Buffer => sequence(objectId(id), tag(0x04, value));

function distinguishedName(commonName: string): Buffer {
  return sequence(tag(0x31, sequence(objectId([2, 5, 4, 3]), tag(0x0c, Buffer.from(commonName)))));
}

function alternativeName(host: string): Buffer {
  return isIP(host) === 4
    ? tag(0x87, Buffer.from(host.split('.').map(Number)))
    : tag(0x82, Buffer.from(host));
}
