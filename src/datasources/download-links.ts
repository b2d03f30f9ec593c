import { createHash } from 'node:crypto';
import { EncryptJWT, errors, jwtDecrypt } from 'jose';
import type { JWTPayload } from 'jose';
import { createCaller } from './caller';
import type { Caller } from './caller';
import type { SourceFile } from './index';

/** Makes and reads the short-lived links by which a file is downloaded through the gateway. */
export interface DownloadLinks {
  /** Absolute URL of the gateway's own route; holds the file and the caller's credential, sealed. */
  create(caller: Caller, file: SourceFile): Promise<string>;
  /** Null where the link is forged or damaged; `expired` where it was ours. */
  open(token: string): Promise<OpenedLink | 'expired' | null>;
}

export interface OpenedLink {
  readonly caller: Caller;
  readonly file: SourceFile;
}

export interface DownloadLinkOptions {
  /** Origin (and path) under which clients reach the gateway. */
  readonly publicUrl: string;
  /** Any text of enough randomness; gateways that share it can open each other's links. */
  readonly secret: string;
  /** Ten minutes unless given. */
  readonly ttlMs?: number;
  readonly clock: () => Date;
}

/**
 * Links as `<publicUrl>/files/<token>/<name>`; nothing is kept, all stands in the token: an encrypted JWT (`dir`,
 * A256GCM), since it carries the caller's credential.
 */
export function createDownloadLinks(options: DownloadLinkOptions): DownloadLinks {
  const key = createHash('sha256').update(`download links\n${options.secret}`).digest();
  const ttlMs = options.ttlMs ?? defaultTtlMs;
  const base = options.publicUrl.replace(/\/+$/, '');
  return {
    async create(caller, file) {
      const token = await new EncryptJWT(toClaims(caller, file))
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
        .setAudience(audience)
        .setExpirationTime(new Date(options.clock().getTime() + ttlMs))
        .encrypt(key);
      return `${base}/files/${token}/${encodeURIComponent(file.name)}`;
    },
    async open(token) {
      try {
        const { payload } = await jwtDecrypt(token, key, {
          audience,
          currentDate: options.clock(),
          keyManagementAlgorithms: ['dir'],
          contentEncryptionAlgorithms: ['A256GCM'],
          requiredClaims: ['exp'],
        });
        return fromClaims(payload);
      } catch (error) {
        // Its time is looked at once it is known for ours. Whatever else is wrong, its bearer does not learn.
        return error instanceof errors.JWTExpired ? 'expired' : null;
      }
    },
  };
}

const defaultTtlMs = 10 * 60_000;
const audience = 'download';

function toClaims(caller: Caller, file: SourceFile): JWTPayload {
  return {
    file: [file.fileId, file.name, file.sizeBytes.toString()],
    caller: [
      caller.authorization ?? null,
      caller.apiKey ?? null,
      caller.orgId,
      caller.sandbox,
      caller.principal ?? null,
    ],
  };
}

function fromClaims(payload: JWTPayload): OpenedLink | null {
  const [fileId, name, size] = Array.isArray(payload['file']) ? (payload['file'] as unknown[]) : [];
  const [authorization, apiKey, orgId, sandbox, principal] = Array.isArray(payload['caller'])
    ? (payload['caller'] as unknown[])
    : [];
  if (typeof fileId !== 'string' || typeof name !== 'string' || typeof size !== 'string') return null;
  if (typeof orgId !== 'string' || typeof sandbox !== 'string') return null;
  return {
    caller: createCaller({
      authorization: typeof authorization === 'string' ? authorization : undefined,
      apiKey: typeof apiKey === 'string' ? apiKey : undefined,
      orgId,
      sandbox,
      principal: typeof principal === 'string' ? principal : undefined,
    }),
    file: { fileId, name, sizeBytes: BigInt(size) },
  };
}
