/** Source: `/data/core/activation/authoring/v1/audience-templates`, the alpha model ("A") of the Destination SDK. */
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

export interface AudienceTemplateBodyWire {
  audience?: Record<string, unknown>;
  credential?: Record<string, unknown>;
  metadataTemplate?: MetadataTemplateWire;
  validations?: { field: string; regex: string }[];
}

export interface AudienceTemplateWire extends AudienceTemplateBodyWire {
  instanceId: string;
  /** ISO, UTC, microseconds. */
  createdDate?: string;
  lastModifiedDate?: string;
}
