import type { UpstreamService } from '../errors/upstream-error';

/** Base paths of Adobe's services below the one host. Source: REST contract §1. */
export const basePaths = {
  ups: '/data/core/ups',
  catalog: '/data/foundation/catalog',
  dataAccess: '/data/foundation/export',
  /** The alpha model of audience templates, which the gateway speaks (quirk N36). */
  authoring: '/data/core/activation/authoring/v1',
} as const;

const services: readonly (readonly [prefix: string, service: UpstreamService])[] = [
  [basePaths.ups, 'segmentation'],
  [basePaths.catalog, 'catalog'],
  [basePaths.dataAccess, 'data-access'],
  [basePaths.authoring, 'destination-authoring'],
];

/** The service that a path belongs to, for errors, health and circuit breakers. */
export function serviceOfPath(path: string): UpstreamService {
  for (const [prefix, service] of services) {
    if (path.startsWith(prefix)) return service;
  }
  throw new Error(`No service stands behind ${path}`);
}
