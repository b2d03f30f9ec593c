import { Field, ID, ObjectType } from 'type-graphql';
import { connectionOf } from './connection';
import { describedEnum } from './described-enum';
import { DateTime, Json, JsonObject, Url } from './scalars';
import { UserError } from './user-error.type';

export const TemplateVerb = describedEnum(
  'TemplateVerb',
  'What a request does to an audience in a destination.',
  {
    CREATE: 'Makes the audience there.',
    UPDATE: 'Changes it.',
    DELETE: 'Removes it.',
    VALIDATE: 'Tries the credential.',
  },
);
export type TemplateVerb = keyof typeof TemplateVerb;

@ObjectType({ description: 'One request to a destination, with macros in it.', simpleResolvers: true })
export class TemplateOperation {
  @Field(() => TemplateVerb, { description: 'What it does.' })
  readonly verb: TemplateVerb;

  @Field(() => String, { description: 'HTTP method, e.g. POST.' })
  readonly httpMethod: string;

  @Field(() => String, { description: 'Path, joined to the host.' })
  readonly uri: string;

  @Field(() => JsonObject, { nullable: true, description: 'Headers by name.' })
  readonly headers: Readonly<Record<string, unknown>> | null;

  @Field(() => JsonObject, { nullable: true, description: 'Form fields by name.' })
  readonly params: Readonly<Record<string, unknown>> | null;

  @Field(() => Json, { nullable: true, description: 'JSON body.' })
  readonly body: unknown;

  @Field(() => JsonObject, {
    nullable: true,
    description: 'Where in the answer to find what: output name to macro.',
  })
  readonly schemaMap: Readonly<Record<string, unknown>> | null;

  @Field(() => JsonObject, { nullable: true, description: 'Where in an error answer to find its message.' })
  readonly errorSchemaMap: Readonly<Record<string, unknown>> | null;
}

@ObjectType({
  description: 'A pattern that a value must match before anything is sent.',
  simpleResolvers: true,
})
export class TemplateValidation {
  @Field(() => String, { description: 'The macro whose value is checked.' })
  readonly field: string;

  @Field(() => String, { description: 'The pattern.' })
  readonly regex: string;
}

@ObjectType({ description: 'A macro and where it stands.', simpleResolvers: true })
export class TemplateMacro {
  @Field(() => String, { description: 'What stands between the braces, e.g. segment.name.' })
  readonly expression: string;

  @Field(() => [String], { description: 'Dotted places in the template, e.g. operations.CREATE.body.name.' })
  readonly usedIn: readonly string[];
}

@ObjectType({
  description: 'How to create, update and delete audiences in one destination platform.',
  simpleResolvers: true,
})
export class AudienceTemplate {
  @Field(() => ID, { description: "The upstream's instanceId." })
  readonly id: string;

  @Field(() => String, { nullable: true, description: 'Its name, where it has one.' })
  readonly name: string | null;

  @Field(() => Url, { nullable: true, description: 'Where the requests go; each uri is joined to it.' })
  readonly host: string | null;

  @Field(() => JsonObject, {
    description:
      'Macros over segment, userContext, targetConnection …: what this destination calls an audience.',
  })
  readonly audience: Readonly<Record<string, unknown>>;

  @Field(() => JsonObject, { description: 'Literal secrets come back masked; macros come back as they are.' })
  readonly credential: Readonly<Record<string, unknown>>;

  @Field(() => [TemplateOperation], { description: 'The requests, one a verb.' })
  readonly operations: readonly TemplateOperation[];

  @Field(() => [TemplateValidation], { description: 'What must hold before anything is sent.' })
  readonly validations: readonly TemplateValidation[];

  @Field(() => [TemplateMacro], { description: 'Every {{macro}} in the template and where it stands.' })
  readonly macros: readonly TemplateMacro[];

  @Field(() => DateTime, { nullable: true, description: 'When it was made.' })
  readonly createdAt: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'When it was last changed.' })
  readonly updatedAt: Date | null;
}

export const AudienceTemplateConnection = connectionOf(
  'AudienceTemplate',
  'audience templates',
  () => AudienceTemplate,
);

@ObjectType({ description: 'What a mutation of an audience template came to.', simpleResolvers: true })
export class AudienceTemplatePayload {
  @Field(() => AudienceTemplate, {
    nullable: true,
    description: 'The template as it is now; null where nothing was done.',
  })
  readonly audienceTemplate: AudienceTemplate | null;

  @Field(() => [UserError], {
    description: 'What has to be mended in the request; empty where all went well.',
  })
  readonly userErrors: readonly UserError[];
}
