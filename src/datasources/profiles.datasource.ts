import DataLoader from 'dataloader';
import { UpstreamError } from '../errors/upstream-error';
import { isRecord } from '../lib/is-record';
import { basePaths } from './endpoints';
import type { ProfileSource } from './index';
import { orNull, readRecord } from './upstream';
import type { Upstream } from './upstream';
import { invalidResponse, notFound } from './upstream-answer';

const service = 'segmentation';
const path = `${basePaths.ups}/access/entities`;

type ProfileKey = Parameters<ProfileSource['byIdentity']>[0];

/** Profiles by an identity. Source: GET `/data/core/ups/access/entities`; answers a map keyed by XID. */
export class ProfileDataSource implements ProfileSource {
  private readonly loader: DataLoader<ProfileKey, Record<string, unknown>, string>;

  constructor(private readonly upstream: Upstream) {
    this.loader = new DataLoader<ProfileKey, Record<string, unknown>, string>(
      (identities) => Promise.all(identities.map((identity) => this.load(identity).catch(upstreamErrorOnly))),
      // Namespace codes are compared without case (quirk N25).
      { cacheKeyFn: ({ namespace, id }) => JSON.stringify([namespace.toLowerCase(), id]) },
    );
  }

  byIdentity(identity: ProfileKey): Promise<Record<string, unknown> | null> {
    return orNull(this.loader.load(identity));
  }

  private async load({ namespace, id }: ProfileKey): Promise<Record<string, unknown>> {
    const query = { 'schema.name': '_xdm.context.profile', entityId: id, entityIdNS: namespace };
    const { body } = await this.upstream.request({ method: 'GET', path, query });
    const [answer] = Object.values(readRecord(service, body, 'the profile'));
    const entity = isRecord(answer) ? (answer['entity'] ?? {}) : (answer ?? {});
    if (!isRecord(entity)) throw invalidResponse(service, 'the profile is not an object');
    // An identity that nobody has may also be answered by an empty entity.
    if (Object.keys(entity).length === 0) throw notFound(service, 'a profile with this identity');
    return entity;
  }
}

function upstreamErrorOnly(error: unknown): Error {
  if (error instanceof UpstreamError) return error;
  throw error;
}
