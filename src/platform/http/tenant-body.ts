import { createHash } from 'node:crypto';
import type { SandboxWire } from '../../wire/common.wire';
import type { Tenant } from '../records';

/** `imsOrgId` and `sandbox` as nearly every resource carries them. */
export function tenantBody({ orgId, sandbox }: Tenant): {
  readonly imsOrgId: string;
  readonly sandbox: SandboxWire;
} {
  const isProduction = sandbox === 'prod';
  return {
    imsOrgId: orgId,
    sandbox: {
      sandboxId: sandboxId(orgId, sandbox),
      sandboxName: sandbox,
      type: isProduction ? 'production' : 'development',
      default: isProduction,
    },
  };
}

/** A UUID that is always the same for one sandbox of one org. */
function sandboxId(orgId: string, sandbox: string): string {
  const hex = createHash('sha256')
    .update(JSON.stringify([orgId, sandbox]))
    .digest('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `5${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}

export const profileSchemaName = '_xdm.context.profile';

/** What Adobe calls the instance of the profile store that a resource belongs to. */
export const profileInstanceId = 'ups';
