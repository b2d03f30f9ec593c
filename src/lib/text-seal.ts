import { createCipheriv, createDecipheriv, createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

/** Makes texts that only this secret opens, and only in the context in which they were made. */
export interface TextSeal {
  /** Base64url; the same text in the same context gives the same seal. */
  seal(text: string, context: string): string;
  /** Null for whatever was not sealed here, in this context, just so. */
  open(sealed: string, context: string): string | null;
}

/**
 * A seal for one purpose, its keys derived from a secret by HKDF: keys of two purposes tell nothing of each other.
 *
 * Deterministic authenticated encryption in the manner of SIV (RFC 5297), of HMAC-SHA-256 and AES-256-CTR: the MAC of
 * context and text is the initial vector. So equal texts are seen to be equal, and nothing else is seen.
 *
 * @param secret of enough randomness, 32 characters or more.
 */
export function createTextSeal(secret: string, purpose: string): TextSeal {
  const keys = Buffer.from(hkdfSync('sha256', secret, '', `audience-gateway ${purpose}`, 64));
  const macKey = keys.subarray(0, 32);
  const cipherKey = keys.subarray(32);
  const macOf = (text: string, context: string): Buffer =>
    createHmac('sha256', macKey)
      .update(`${Buffer.byteLength(context)} ${context}`)
      .update(text)
      .digest()
      .subarray(0, macLength);
  return {
    seal(text, context) {
      const mac = macOf(text, context);
      const cipher = createCipheriv(cipherName, cipherKey, mac);
      return Buffer.concat([mac, cipher.update(text, 'utf8'), cipher.final()]).toString('base64url');
    },
    open(sealed, context) {
      if (sealed.length > maxSealedLength || !/^[\w-]+$/.test(sealed)) return null;
      const bytes = Buffer.from(sealed, 'base64url');
      // A text of which one bit more or less is set beyond its last byte is another text.
      if (bytes.length < macLength || bytes.toString('base64url') !== sealed) return null;
      const mac = bytes.subarray(0, macLength);
      const decipher = createDecipheriv(cipherName, cipherKey, mac);
      const text = Buffer.concat([decipher.update(bytes.subarray(macLength)), decipher.final()]).toString(
        'utf8',
      );
      return timingSafeEqual(macOf(text, context), mac) ? text : null;
    },
  };
}

const cipherName = 'aes-256-ctr';
const macLength = 16;
const maxSealedLength = 4000;
