/**
 * Source: `/data/core/activation/authoring/v1/audience-templates`, the alpha model ("A") of the Destination SDK, and
 * `/data/core/activation/authoring/audience-templates`, today's ("B"); quirk N36.
 */
export interface TemplateOperationWire {
  uri: string;
  method: string;
  headers?: Record<string, string>;
  params?: Record<string, unknown>;
  body?: unknown;
  schemaMap?: Record<string, unknown>;
  errorSchemaMap?: Record<string, unknown>;
}

export interface MetadataTemplateWire {
  name?: string;
  host?: string;
  create?: TemplateOperationWire;
  update?: TemplateOperationWire;
  delete?: TemplateOperationWire;
  validate?: TemplateOperationWire;
}

export interface TemplateValidationWire {
  field: string;
  regex: string;
}

export interface AudienceTemplateBodyWire {
  audience?: Record<string, unknown>;
  credential?: Record<string, unknown>;
  metadataTemplate?: MetadataTemplateWire;
  validations?: TemplateValidationWire[];
}

interface KeptTemplateWire {
  instanceId: string;
  /** ISO, UTC, microseconds. */
  createdDate?: string;
  lastModifiedDate?: string;
}

/** Model A. */
export interface AudienceTemplateWire extends AudienceTemplateBodyWire, KeptTemplateWire {}

export interface CurrentTemplateOperationWire {
  url: string;
  httpMethod: string;
  headers?: { header: string; value: string }[];
  requestBody?: { json?: unknown; params?: Record<string, unknown> };
  responseFields?: { name: string; value: string }[];
  responseErrorFields?: { name: string; value: string }[];
  validations?: TemplateValidationWire[];
}

/** Each word but `name` is an operation. */
export interface CurrentMetadataTemplateWire {
  name?: string;
  create?: CurrentTemplateOperationWire;
  update?: CurrentTemplateOperationWire;
  delete?: CurrentTemplateOperationWire;
  validate?: CurrentTemplateOperationWire;
  notify?: CurrentTemplateOperationWire;
  createDestination?: CurrentTemplateOperationWire;
  updateDestination?: CurrentTemplateOperationWire;
  deleteDestination?: CurrentTemplateOperationWire;
}

/** Model B. */
export interface CurrentAudienceTemplateWire extends KeptTemplateWire {
  metadataTemplate?: CurrentMetadataTemplateWire;
  validations?: TemplateValidationWire[];
}

/** What an upstream may answer: which of the two, its path and its age decide. */
export type AnyAudienceTemplateWire = AudienceTemplateWire | CurrentAudienceTemplateWire;
