import { Field, ObjectType } from 'type-graphql';
import { describedEnum } from './described-enum';
import { PqlDiagnostic } from './pql-check.type';
import { DateTime } from './scalars';

export const UserErrorCode = describedEnum('UserErrorCode', 'What a user can get wrong.', {
  INVALID_INPUT: 'A value of the input cannot be used.',
  INVALID_PQL: 'The rule does not parse or does not make sense; see diagnostics.',
  NOT_FOUND: 'There is nothing with this id in the org and sandbox.',
  FORBIDDEN:
    'The credential may not do this to this object, or the operator does not let requests go to this host.',
  CONFLICT: 'The object has changed meanwhile, is in use, or is there already.',
  NAME_TAKEN: 'Another object has this name.',
  SCHEDULE_LIMIT: 'The org has as many schedules as it may have.',
  SCHEDULE_TOO_FREQUENT: 'The cron fires more than once a day.',
  MERGE_POLICY_LIMIT: 'The sandbox has more merge policies than scheduled evaluation allows.',
  DATASET_NOT_UNION: 'The dataset is not based on the union schema, so no profiles can be exported to it.',
  SEGMENT_NOT_EVALUATED: 'No job has evaluated the segment yet.',
  EXPORTS_ALL_PROFILES:
    'Without segments every profile is exported, which must be said with allProfiles: true.',
  JOB_NOT_CANCELABLE: 'The job has ended.',
  TEMPLATE_INVALID: 'The audience template does not hold together.',
  DESTINATION_REJECTED: 'The destination refused the request.',
  QUOTA_EXCEEDED: 'A limit of the org or sandbox is reached.',
  UPSTREAM_REJECTED: 'The upstream refused the request; the message is its own.',
});
export type UserErrorCode = keyof typeof UserErrorCode;

@ObjectType({ description: 'Something in the request that its author can mend.', simpleResolvers: true })
export class UserError {
  @Field(() => UserErrorCode, { description: 'What went wrong, for programs.' })
  readonly code: UserErrorCode;

  @Field(() => String, { description: 'What went wrong, for people.' })
  readonly message: string;

  @Field(() => [String], {
    nullable: true,
    description: 'Where in the input, e.g. ["input", "expression", "text"].',
  })
  readonly field?: readonly string[] | null;

  @Field(() => String, { nullable: true, description: 'What to do about it.' })
  readonly hint?: string | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'When trying again makes sense; null where waiting does not help.',
  })
  readonly retryAt?: Date | null;

  @Field(() => [PqlDiagnostic], {
    nullable: true,
    description: 'For INVALID_PQL: what is wrong with the rule, and where.',
  })
  readonly diagnostics?: readonly PqlDiagnostic[] | null;
}
