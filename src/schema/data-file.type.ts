import { Field, ObjectType } from 'type-graphql';
import { BigIntScalar } from './scalars';

/** Its edges `downloadUrl` and `rows` stand in resolvers/data-file.resolver.ts. */
@ObjectType({ description: 'One file of a batch.' })
export class DataFile {
  readonly fileId: string;

  @Field(() => String, { description: 'Its name, e.g. part-00000.parquet.' })
  readonly name: string;

  @Field(() => BigIntScalar, { description: 'How long it is, in bytes.' })
  readonly sizeBytes: bigint;
}
