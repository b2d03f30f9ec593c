import { Field, ID, InputType } from 'type-graphql';
import { TemplateVerb } from './audience-template.type';
import { Json, JsonObject, Url } from './scalars';

@InputType({ description: 'One request to a destination, with macros in it.' })
export class TemplateOperationInput {
  @Field(() => TemplateVerb, { description: 'What it does; each verb once.' })
  readonly verb: TemplateVerb;

  @Field(() => String, { description: 'HTTP method, e.g. POST.' })
  readonly httpMethod: string;

  @Field(() => String, { description: 'Path, joined to the host.' })
  readonly uri: string;

  @Field(() => JsonObject, { nullable: true, description: 'Headers by name.' })
  readonly headers?: Readonly<Record<string, unknown>> | null;

  @Field(() => JsonObject, { nullable: true, description: 'Form fields by name.' })
  readonly params?: Readonly<Record<string, unknown>> | null;

  @Field(() => Json, { nullable: true, description: 'JSON body.' })
  readonly body?: unknown;

  @Field(() => JsonObject, {
    nullable: true,
    description: 'Where in the answer to find what: output name to macro.',
  })
  readonly schemaMap?: Readonly<Record<string, unknown>> | null;

  @Field(() => JsonObject, { nullable: true, description: 'Where in an error answer to find its message.' })
  readonly errorSchemaMap?: Readonly<Record<string, unknown>> | null;
}

@InputType({ description: 'A pattern that a value must match before anything is sent.' })
export class TemplateValidationInput {
  @Field(() => String, { description: 'The macro whose value is checked, e.g. {{audience.name}}.' })
  readonly field: string;

  @Field(() => String, { description: 'The pattern.' })
  readonly regex: string;
}

@InputType({ description: 'A whole audience template; an update replaces the old one.' })
export class AudienceTemplateInput {
  @Field(() => String, { description: 'Its name.' })
  readonly name: string;

  @Field(() => Url, { description: 'Where the requests go; each uri is joined to it.' })
  readonly host: string;

  @Field(() => JsonObject, { description: 'Macros over segment, userContext, targetConnection …' })
  readonly audience: Readonly<Record<string, unknown>>;

  @Field(() => JsonObject, {
    description: 'Macros or literal secrets. In an update, a masked value keeps the secret that is stored.',
  })
  readonly credential: Readonly<Record<string, unknown>>;

  @Field(() => [TemplateOperationInput], { description: 'The requests, one a verb.' })
  readonly operations: readonly TemplateOperationInput[];

  @Field(() => [TemplateValidationInput], {
    nullable: true,
    description: 'What must hold before anything is sent.',
  })
  readonly validations?: readonly TemplateValidationInput[] | null;
}

@InputType({
  description:
    'One operation of a template, for one segment. values fills the macros that no segment can: targetConnection.params.accountId and the like.',
})
export class RenderTemplateInput {
  @Field(() => ID, { description: 'The template.' })
  readonly templateId: string;

  @Field(() => TemplateVerb, { description: 'Which of its operations.' })
  readonly verb: TemplateVerb;

  @Field(() => ID, {
    nullable: true,
    description: 'The segment that the request is about; its id in the destination is kept under it.',
  })
  readonly segmentId?: string | null;

  @Field(() => JsonObject, {
    nullable: true,
    description:
      'Values of macros, by dotted keys ({"customerData.id": 1}) or nested ones ({"customerData": {"id": 1}}). They come before what the segment says.',
  })
  readonly values?: Readonly<Record<string, unknown>> | null;
}
