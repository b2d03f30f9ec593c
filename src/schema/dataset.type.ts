import { Field, ID, ObjectType } from 'type-graphql';
import { connectionOf } from './connection';
import { DateTime } from './scalars';
import { UserError } from './user-error.type';

/** Its edge `batches` stands in resolvers/dataset.resolver.ts. */
@ObjectType({ description: 'Where data lie, in batches.' })
export class Dataset {
  @Field(() => ID, { description: "Catalog's id." })
  readonly id: string;

  @Field(() => String, { description: 'Its name.' })
  readonly name: string;

  @Field(() => String, { nullable: true, description: '$id of its XDM schema.' })
  readonly schemaId: string | null;

  @Field(() => Boolean, {
    description: 'True where it is based on the union schema, so that profiles can be exported to it.',
  })
  readonly isUnion: boolean;

  @Field(() => DateTime, { nullable: true, description: 'When it was made.' })
  readonly createdAt: Date | null;
}

export const DatasetConnection = connectionOf('Dataset', 'datasets', () => Dataset);

@ObjectType({ description: 'What a mutation of a dataset came to.', simpleResolvers: true })
export class DatasetPayload {
  @Field(() => Dataset, { nullable: true, description: 'The dataset; null where none was made.' })
  readonly dataset: Dataset | null;

  @Field(() => [UserError], {
    description: 'What has to be mended in the request; empty where all went well.',
  })
  readonly userErrors: readonly UserError[];
}
