import type { SandboxWire } from '../../wire/common.wire';
import type { Tenant } from '../records';
import { uuidOf } from './compute-ids';

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
  return uuidOf([orgId, sandbox]);
}

export const profileSchemaName = '_xdm.context.profile';

/** What Adobe calls the instance of the profile store that a resource belongs to. */
export const profileInstanceId = 'ups';
