import { Field, ID, ObjectType } from 'type-graphql';
import { connectionOf } from './connection';
import { BigIntScalar, DateTime } from './scalars';

/** Its edges `dataset` and `files` stand in resolvers/batch.resolver.ts. */
@ObjectType({ description: 'Rows that came into a dataset together.' })
export class Batch {
  readonly datasetId: string | null | Error;

  @Field(() => ID, { description: "Catalog's id." })
  readonly id: string;

  @Field(() => String, {
    description: "Catalog's word for how far it is, e.g. loading, staging, success, failed.",
  })
  readonly status: string;

  @Field(() => BigIntScalar, { nullable: true, description: 'Rows in it; null where Catalog does not tell.' })
  readonly recordCount: bigint | null;

  @Field(() => DateTime, { nullable: true, description: 'When it was made.' })
  readonly createdAt: Date | null;
}

export const BatchConnection = connectionOf('Batch', 'batches', () => Batch);
