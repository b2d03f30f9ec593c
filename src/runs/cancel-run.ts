import type { AudienceRunRecord, Tenant } from '../state/audience-run';
import type { AudienceRunRepository } from '../state/audience-runs';

/** The change that a cancellation makes: none to a run that is being cancelled already, or has ended. */
export function toCancelling(record: AudienceRunRecord): AudienceRunRecord {
  return record.status === 'RUNNING' ? { ...record, status: 'CANCELLING' } : record;
}

/**
 * Writes the cancellation of a run that another replica drives, or nobody: whoever does hears of it by its next look.
 *
 * @returns the run as it then stands.
 */
export async function cancelElsewhere(
  { repository, clock }: { readonly repository: AudienceRunRepository; readonly clock: () => Date },
  tenant: Tenant,
  found: AudienceRunRecord,
): Promise<AudienceRunRecord> {
  let record = found;
  while (record.status === 'RUNNING') {
    const next = { ...toCancelling(record), version: record.version + 1, updatedAt: clock() };
    if ((await repository.save(next)) === 'saved') return next;
    const current = await repository.find(tenant, record.id);
    if (current === null) return record;
    record = current;
  }
  return record;
}
