import type { AudienceTemplate, Dataset, ExternalAudience, Schedule } from '../../records';
import type { ChangeableRepository, Repository } from '../api/repository';
import type { TenantRegistry } from '../tenants';
import { createDocumentRepository } from './document-repository';
import type { Metadata } from './open-metadata';

/** The nouns that are kept as they are, with nothing of their own beside. */
export interface PlainDocuments {
  readonly schedules: Repository<Schedule, string>;
  readonly audienceTemplates: Repository<AudienceTemplate, string>;
  readonly externalAudiences: Repository<ExternalAudience, string>;
  readonly datasets: ChangeableRepository<Dataset, string>;
}

/** Repositories of the nouns that need nothing but their table; each call names its tenant. */
export function createPlainDocuments(db: Metadata, tenants: TenantRegistry): PlainDocuments {
  return {
    schedules: createDocumentRepository<Schedule>({ db, tenants, table: 'schedule' }),
    audienceTemplates: createDocumentRepository<AudienceTemplate>({
      db,
      tenants,
      table: 'audience_template',
    }),
    datasets: createDocumentRepository<Dataset>({ db, tenants, table: 'dataset' }),
    externalAudiences: createDocumentRepository<ExternalAudience>({
      db,
      tenants,
      table: 'external_audience',
    }),
  };
}
