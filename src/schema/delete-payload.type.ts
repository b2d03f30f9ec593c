import { Field, ID, ObjectType } from 'type-graphql';
import { UserError } from './user-error.type';

@ObjectType({ description: 'What a deletion came to.', simpleResolvers: true })
export class DeletePayload {
  @Field(() => ID, { nullable: true, description: 'Id of what is gone; null where nothing was deleted.' })
  readonly deletedId: string | null;

  @Field(() => [UserError], {
    description: 'What has to be mended in the request; empty where all went well.',
  })
  readonly userErrors: readonly UserError[];
}
