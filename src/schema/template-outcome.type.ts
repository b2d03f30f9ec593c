import { Field, Int, ObjectType } from 'type-graphql';
import { Json, JsonObject } from './scalars';
import { UserError } from './user-error.type';

@ObjectType({
  description: 'What the destination would be sent. Secrets masked.',
  simpleResolvers: true,
})
export class RenderedRequest {
  @Field(() => String, { description: 'HTTP method, e.g. POST.' })
  readonly httpMethod: string;

  @Field(() => String, { description: 'The whole address, values put in.' })
  readonly url: string;

  @Field(() => JsonObject, { description: 'Headers by name.' })
  readonly headers: Readonly<Record<string, string>>;

  @Field(() => Json, {
    nullable: true,
    description: 'JSON body, or the fields of a form; null without a body.',
  })
  readonly body: unknown;

  @Field(() => [String], {
    description:
      'Macros without a value, without their braces, and the places of secrets that the upstream keeps to itself: each is a key of values. While there are any, nothing is sent.',
  })
  readonly unresolved: readonly string[];

  @Field(() => [String], {
    description:
      "What else is in the way: the template's own validations, values that cannot stand where they would, faults of the template.",
  })
  readonly violations: readonly string[];
}

@ObjectType({
  description: 'What the destination answered, read through schemaMap and errorSchemaMap.',
  simpleResolvers: true,
})
export class TemplateOutcome {
  @Field(() => Int, { description: 'HTTP status of the answer.' })
  readonly httpStatus: number;

  @Field(() => String, {
    nullable: true,
    description:
      "The audience's id in the destination; null where its answer names none, and after an error.",
  })
  readonly externalAudienceId: string | null;

  @Field(() => JsonObject, {
    description: 'Every output of schemaMap, null where the answer has nothing there; empty after an error.',
  })
  readonly values: Readonly<Record<string, unknown>>;

  @Field(() => String, {
    nullable: true,
    description: 'What the destination says went wrong; null where all went well.',
  })
  readonly error: string | null;
}

@ObjectType({ description: 'What applying a template came to.', simpleResolvers: true })
export class TemplateOutcomePayload {
  @Field(() => TemplateOutcome, {
    nullable: true,
    description: 'What the destination answered; null where nothing was sent.',
  })
  readonly outcome: TemplateOutcome | null;

  @Field(() => [UserError], {
    description: 'What has to be mended in the request; empty where all went well.',
  })
  readonly userErrors: readonly UserError[];
}
