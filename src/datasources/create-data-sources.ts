import { randomBytes } from 'node:crypto';
import { createTextSeal } from '../lib/text-seal';
import { AudienceTemplateDataSource } from './audience-templates.datasource';
import { CatalogDataSource } from './catalog.datasource';
import { DataAccessDataSource } from './data-access.datasource';
import { ExportJobDataSource } from './export-jobs.datasource';
import type {
  AudienceTemplateSource,
  CatalogSource,
  DataAccessSource,
  DataSources,
  ExportJobSource,
  MergePolicySource,
  PreviewSource,
  ProfileSource,
  ScheduleSource,
  SegmentDefinitionSource,
  SegmentJobSource,
} from './index';
import { bindCursors } from './list-cursors';
import type { ListCursors } from './list-cursors';
import { MergePolicyDataSource } from './merge-policies.datasource';
import { PreviewDataSource } from './previews.datasource';
import { ProfileDataSource } from './profiles.datasource';
import type { CallScope } from './rest-call';
import type { RestClient } from './rest-client';
import { ScheduleDataSource } from './schedules.datasource';
import { SegmentDefinitionDataSource } from './segment-definitions.datasource';
import { SegmentJobDataSource } from './segment-jobs.datasource';
import { bindUpstream } from './upstream';
import type { Upstream } from './upstream';

/**
 * Makes the set of sources of one operation or one event of a subscription. Costs next to nothing: each source comes to
 * be when it is first asked for, and what it caches ends with the set.
 */
export function createDataSources(
  options: CallScope & {
    readonly client: RestClient;
    /** Unless given, cursors are for nobody but these sources. */
    readonly cursors?: ListCursors;
  },
): DataSources {
  const { client, caller, requestId, signal, tally, cursors = bindCursors(ownSeal, caller) } = options;
  const scope = { caller, requestId, signal, ...(tally && { tally }) };
  return new LazyDataSources(bindUpstream(client, cursors, scope));
}

const ownSeal = createTextSeal(randomBytes(32).toString('base64url'), 'cursors');

class LazyDataSources implements DataSources {
  #segmentDefinitions: SegmentDefinitionSource | undefined;
  #segmentJobs: SegmentJobSource | undefined;
  #exportJobs: ExportJobSource | undefined;
  #schedules: ScheduleSource | undefined;
  #audienceTemplates: AudienceTemplateSource | undefined;
  #mergePolicies: MergePolicySource | undefined;
  #catalog: CatalogSource | undefined;
  #dataAccess: DataAccessSource | undefined;
  #profiles: ProfileSource | undefined;
  #previews: PreviewSource | undefined;

  constructor(private readonly upstream: Upstream) {}

  get segmentDefinitions(): SegmentDefinitionSource {
    return (this.#segmentDefinitions ??= new SegmentDefinitionDataSource(this.upstream));
  }

  get segmentJobs(): SegmentJobSource {
    return (this.#segmentJobs ??= new SegmentJobDataSource(this.upstream));
  }

  get exportJobs(): ExportJobSource {
    return (this.#exportJobs ??= new ExportJobDataSource(this.upstream));
  }

  get schedules(): ScheduleSource {
    return (this.#schedules ??= new ScheduleDataSource(this.upstream));
  }

  get audienceTemplates(): AudienceTemplateSource {
    return (this.#audienceTemplates ??= new AudienceTemplateDataSource(this.upstream));
  }

  get mergePolicies(): MergePolicySource {
    return (this.#mergePolicies ??= new MergePolicyDataSource(this.upstream));
  }

  get catalog(): CatalogSource {
    return (this.#catalog ??= new CatalogDataSource(this.upstream));
  }

  get dataAccess(): DataAccessSource {
    return (this.#dataAccess ??= new DataAccessDataSource(this.upstream));
  }

  get profiles(): ProfileSource {
    return (this.#profiles ??= new ProfileDataSource(this.upstream));
  }
  get previews(): PreviewSource {
    return (this.#previews ??= new PreviewDataSource(this.upstream));
  }
}
