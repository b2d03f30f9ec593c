import { Field, Float, ID, ObjectType } from 'type-graphql';
import { NamespaceCount } from './audience-counts.type';
import { connectionOf } from './connection';
import { describedEnum } from './described-enum';
import { BigIntScalar } from './scalars';
import { UserError } from './user-error.type';

export const PreviewState = describedEnum('PreviewState', 'How far a preview is.', {
  NEW: 'It waits for its turn.',
  RUNNING: 'The sample is being read.',
  RESULT_READY: 'The sample has been read.',
  FAILED: 'It could not be done.',
  CANCELLED: 'It was called off.',
  UNKNOWN: 'A state that the upstream added later.',
});
export type PreviewState = keyof typeof PreviewState;

@ObjectType({
  description: 'How many profiles a rule matches, told from a sample; all counts are profiles.',
  simpleResolvers: true,
})
export class Estimate {
  @Field(() => BigIntScalar, { nullable: true, description: 'Of the whole audience.' })
  readonly size: bigint | null;

  @Field(() => Float, { nullable: true, description: 'In profiles; 0 when all profiles were read.' })
  readonly standardError: number | null;

  @Field(() => Float, { nullable: true, description: '0.95 for 95%.' })
  readonly confidence: number | null;

  @Field(() => BigIntScalar, { nullable: true, description: 'Lower end of the confidence interval.' })
  readonly low: bigint | null;

  @Field(() => BigIntScalar, { nullable: true, description: 'Upper end of the confidence interval.' })
  readonly high: bigint | null;

  @Field(() => BigIntScalar, { nullable: true, description: 'Read so far.' })
  readonly profilesRead: bigint | null;

  @Field(() => BigIntScalar, { nullable: true, description: 'Of those read, how many match.' })
  readonly profilesMatched: bigint | null;

  @Field(() => BigIntScalar, { nullable: true, description: 'In the store.' })
  readonly totalProfiles: bigint | null;

  @Field(() => [NamespaceCount], { description: 'Matches read so far, by namespace.' })
  readonly byNamespace: readonly NamespaceCount[];

  @Field(() => String, { nullable: true, description: 'Why the preview failed.' })
  readonly error: string | null;
}

/** `estimate` and `profiles` are read by resolvers/preview.resolver.ts. */
@ObjectType({
  description:
    'A rule tried on a sample before it is saved: an estimate of its audience and some profiles from it.',
})
export class Preview {
  @Field(() => ID, { description: 'Opaque.' })
  readonly id: string;

  @Field(() => PreviewState, { description: 'How far it is.' })
  readonly state: PreviewState;
}

@ObjectType({ description: 'A profile of a preview.', simpleResolvers: true })
export class PreviewProfile {
  @Field(() => ID, { description: 'Opaque.' })
  readonly id: string;

  @Field(() => [ID], { description: 'Ids of all identities of the profile.' })
  readonly relatedIds: readonly string[];
}

export const PreviewProfileConnection = connectionOf(
  'PreviewProfile',
  'profiles of a preview',
  () => PreviewProfile,
);

@ObjectType({ description: 'What starting a preview came to.', simpleResolvers: true })
export class PreviewPayload {
  @Field(() => Preview, { nullable: true, description: 'The preview; null where none was started.' })
  readonly preview: Preview | null;

  @Field(() => [UserError], {
    description: 'What has to be mended in the request; empty where all went well.',
  })
  readonly userErrors: readonly UserError[];
}
