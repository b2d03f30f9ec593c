import { z } from 'zod';
import { parsePostgresUrl } from '../lib/postgres-url';
import { Secret } from '../lib/secret';

/** A number from `min` to `max`, written in digits. */
export function wholeNumber(min: number, max: number): z.ZodType<number> {
  return z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number)
    .refine((value) => value >= min && value <= max);
}

/** An origin without path, query or credentials; null where it is empty. */
export const httpOrigin: z.ZodType<string | null> = z
  .string()
  .refine((value) => value === '' || isHttpOrigin(value))
  .transform(emptyToNull);

/** An address of http or https, with a path if need be; null where it is empty. */
export const httpAddress: z.ZodType<string | null> = z
  .string()
  .refine((value) => value === '' || isHttpUrl(value))
  .transform(emptyToNull);

/** An address that secrets may be sent to, or keys taken from: https, or http on this machine; null where it is empty. */
export const trustedAddress: z.ZodType<string | null> = z
  .string()
  .refine((value) => value === '' || (isHttpUrl(value) && isPrivateWay(new URL(value))))
  .transform((value) => (value === '' ? null : value));

/** Text that is never shown; null where it is empty. */
export const secretText: z.ZodType<Secret | null> = z
  .string()
  .transform((value) => (value === '' ? null : new Secret(value)));

/** `postgres://…`, which holds a password; null where it is empty. */
export const postgresAddress: z.ZodType<Secret | null> = z
  .string()
  .refine((value) => value === '' || parsePostgresUrl(value) !== null)
  .transform((value) => (value === '' ? null : new Secret(value)));

/** `a,b`; null where it is empty. */
export function listOf(pattern: RegExp): z.ZodType<readonly string[] | null> {
  return z
    .string()
    .refine((text) => text === '' || text.split(',').every((part) => pattern.test(part.trim())))
    .transform((text) => (text === '' ? null : text.split(',').map((part) => part.trim())));
}

export interface NamedKey {
  readonly name: string;
  readonly key: Secret;
  readonly sandboxes: readonly string[] | null;
}

const keyPattern = /^([\w.-]{1,64}):([\w.-]{24,128})(?:@([a-z0-9-]{1,64}(?:[+|][a-z0-9-]{1,64})*))?$/;

/** `name:key`, `name:key@sandbox+sandbox` (or `|`), with commas between; each name and each key once. */
export const keyList: z.ZodType<readonly NamedKey[]> = z.string().transform((text, context) => {
  const parts = text === '' ? [] : text.split(',');
  const keys = parts.flatMap((part) => {
    const [, name, key, sandboxes] = keyPattern.exec(part.trim()) ?? [];
    if (name === undefined || key === undefined) return [];
    return [{ name, key: new Secret(key), sandboxes: sandboxes?.split(/[+|]/) ?? null }];
  });
  const isOnce = (values: readonly string[]): boolean => new Set(values).size === parts.length;
  const isGood = isOnce(keys.map(({ name }) => name)) && isOnce(keys.map(({ key }) => key.reveal()));
  if (!isGood) context.addIssue({ code: 'custom', message: 'not a list of keys' });
  return keys;
});

/** True for scheme, host and port, and no more. */
export function isHttpOrigin(value: string): boolean {
  return isHttpUrl(value) && new URL(value).pathname === '/';
}

function isHttpUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, username, search, hash } = new URL(value);
  return ['http:', 'https:'].includes(protocol) && username === '' && search === '' && hash === '';
}

function isPrivateWay({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || isLoopbackHost(hostname);
}

/** True for the names and addresses of this machine. */
export function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
}

function emptyToNull(value: string): string | null {
  return value === '' ? null : value.replace(/\/+$/, '');
}
