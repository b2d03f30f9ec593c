import { Field, InputType } from 'type-graphql';

@InputType({ description: 'Whom to look up.' })
export class IdentityInput {
  @Field(() => String, { description: 'Identity namespace code, e.g. Email.' })
  readonly namespace: string;

  @Field(() => String, { description: 'The id in that namespace.' })
  readonly id: string;
}
