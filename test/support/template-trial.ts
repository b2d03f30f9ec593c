import type { GatewayOptions } from '../../src/server/gateway';
import { parseAllowedHosts } from '../../src/lib/allowed-host';
import { audienceTemplateList } from '../fixtures/adobe/bodies';
import type { Reply, SeenCall } from './fake-upstream';
import type { RecordingDestination } from './recording-destination';
import { startRecordingDestination } from './recording-destination';
import type { StartedGateway } from './started-gateway';
import { startGateway } from './started-gateway';

export interface Rendered {
  readonly httpMethod: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly unresolved: readonly string[];
  readonly violations: readonly string[];
}

export interface Applied {
  readonly outcome: {
    readonly httpStatus: number;
    readonly externalAudienceId: string | null;
    readonly values: Readonly<Record<string, unknown>>;
    readonly error: string | null;
  } | null;
  readonly userErrors: readonly {
    readonly code: string;
    readonly message: string;
    readonly field: readonly string[] | null;
    readonly hint: string | null;
    readonly retryAt: string | null;
  }[];
}

export interface Answered<Value> {
  readonly value: Value | undefined;
  readonly errors: readonly {
    readonly message: string;
    readonly extensions: Readonly<Record<string, unknown>>;
  }[];
  /** The whole answer, for looking what stands in it. */
  readonly text: string;
}

export interface TemplateInput {
  readonly templateId: string;
  readonly verb: 'CREATE' | 'UPDATE' | 'DELETE' | 'VALIDATE';
  readonly segmentId?: string;
  readonly values?: Readonly<Record<string, unknown>>;
}

/** A gateway between an upstream that keeps templates and a destination that remembers what it was sent. */
export interface TemplateTrial {
  readonly started: StartedGateway;
  readonly destination: RecordingDestination;
  /** What the upstream keeps; tests add theirs. */
  readonly templates: Map<string, object>;
  readonly segments: Map<string, object>;
  render(input: TemplateInput, headers?: Readonly<Record<string, string>>): Promise<Answered<Rendered>>;
  apply(input: TemplateInput, headers?: Readonly<Record<string, string>>): Promise<Answered<Applied>>;
  close(): Promise<void>;
}

export const [linkedIn, facebook, twitter] = [0, 3, 5].map(
  (index) => audienceTemplateList[index]?.instanceId ?? '',
) as [string, string, string];

export const buyers = { id: 'buyers', name: 'Buyers in "FR" & DE', description: 'All of them' };

/** Adobe's own templates, with the host of the destination in the place of the ad platform's. */
export async function startTemplateTrial(
  options: Partial<GatewayOptions> & { readonly allowed?: string } = {},
): Promise<TemplateTrial> {
  const destination = await startRecordingDestination();
  const templates = new Map<string, object>(
    audienceTemplateList.map((template) => [template.instanceId, moveTo(destination.url, template)]),
  );
  const segments = new Map<string, object>([[buyers.id, { ...segmentBody, ...buyers }]]);
  const { allowed = destination.host, ...rest } = options;
  const started = await startGateway((call) => answerFrom(call, templates, segments), {
    templateHosts: parseAllowedHosts(allowed) ?? [],
    ...rest,
  });
  const ask = async <Value>(
    query: string,
    input: TemplateInput,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answered<Value>> => {
    const text = await (await started.post({ query, variables: { input } }, headers)).text();
    const { data, errors } = JSON.parse(text) as {
      readonly data?: { readonly value: Value } | null;
      readonly errors?: Answered<Value>['errors'];
    };
    return { value: data?.value, errors: errors ?? [], text };
  };
  return {
    started,
    destination,
    templates,
    segments,
    render: (input, headers) => ask<Rendered>(renderQuery, input, headers),
    apply: (input, headers) => ask<Applied>(applyMutation, input, headers),
    close: async () => {
      await started.close();
      await destination.close();
    },
  };
}

const renderQuery = `query ($input: RenderTemplateInput!) {
  value: renderAudienceTemplate(input: $input) { httpMethod url headers body unresolved violations }
}`;
const applyMutation = `mutation ($input: RenderTemplateInput!) {
  value: applyAudienceTemplate(input: $input) {
    outcome { httpStatus externalAudienceId values error }
    userErrors { code message field hint retryAt }
  }
}`;

const segmentBody = {
  schema: { name: '_xdm.context.profile' },
  expression: { type: 'PQL', format: 'pql/text', value: 'homeAddress.countryISO = "FR"' },
};

function moveTo(origin: string, template: (typeof audienceTemplateList)[number]): object {
  const { metadataTemplate } = template;
  const host = metadataTemplate?.host;
  if (metadataTemplate === undefined || host === undefined) return template;
  return {
    ...template,
    metadataTemplate: { ...metadataTemplate, host: origin + new URL(host).pathname.replace(/\/$/, '') },
  };
}

/** A sandbox that the upstream lets nobody into, but for what is the org's. */
export const closedSandbox = 'closed';

function answerFrom(
  { path, headers }: SeenCall,
  templates: ReadonlyMap<string, object>,
  segments: ReadonlyMap<string, object>,
): Reply | undefined {
  const id = path.split('/').at(-1) ?? '';
  const template = path.includes('/audience-templates/') ? templates.get(id) : undefined;
  if (template !== undefined) return { json: template };
  if (headers['x-sandbox-name'] === closedSandbox && path.endsWith('/segment/definitions'))
    return { status: 403, json: { error_code: '403025', message: 'No access to this sandbox' } };
  if (path.endsWith('/segment/definitions'))
    return {
      json: { segments: [...segments.values()].slice(0, 1), page: { totalCount: segments.size }, link: {} },
    };
  const segment = path.includes('/segment/definitions/') ? segments.get(id) : undefined;
  return segment && { json: segment };
}
