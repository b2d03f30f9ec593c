import 'reflect-metadata';
import { GraphQLInputObjectType, lexicographicSortSchema } from 'graphql';
import type { GraphQLSchema } from 'graphql';
import { buildSchemaSync } from 'type-graphql';
import type { PubSub } from 'type-graphql';
import { invariant } from '../lib/assert';
import { AudienceRunResolver } from '../resolvers/audience-run.resolver';
import { AudienceSnapshotResolver } from '../resolvers/audience-snapshot.resolver';
import { AudienceTemplateResolver } from '../resolvers/audience-template.resolver';
import { BatchResolver } from '../resolvers/batch.resolver';
import { DataFileResolver } from '../resolvers/data-file.resolver';
import { DatasetResolver } from '../resolvers/dataset.resolver';
import {
  ExportBatchResolver,
  ExportJobResolver,
  ExportSegmentResolver,
} from '../resolvers/export-job.resolver';
import { JobChangedResolver } from '../resolvers/job-changed.resolver';
import { JobResolver } from '../resolvers/job.resolver';
import { MergePolicyResolver } from '../resolvers/merge-policy.resolver';
import { PqlResolver } from '../resolvers/pql.resolver';
import { PreviewResolver } from '../resolvers/preview.resolver';
import { MembershipResolver, ProfileResolver } from '../resolvers/profile.resolver';
import { ScheduleResolver } from '../resolvers/schedule.resolver';
import { SegmentJobResolver } from '../resolvers/segment-job.resolver';
import { SegmentResolver } from '../resolvers/segment.resolver';
import { SessionResolver } from '../resolvers/session.resolver';
import { TemplateApplicationResolver } from '../resolvers/template-application.resolver';
import { oneOfInputs } from './one-of-inputs';
import { keepListsReadable } from './readable-lists';
import { refuseMalformedIds } from '../resolvers/well-formed-ids';

const resolvers = [
  SessionResolver,
  PqlResolver,
  SegmentResolver,
  SegmentJobResolver,
  AudienceSnapshotResolver,
  ExportJobResolver,
  ExportSegmentResolver,
  ExportBatchResolver,
  JobResolver,
  JobChangedResolver,
  ScheduleResolver,
  AudienceTemplateResolver,
  AudienceRunResolver,
  TemplateApplicationResolver,
  DatasetResolver,
  BatchResolver,
  DataFileResolver,
  ProfileResolver,
  MembershipResolver,
  MergePolicyResolver,
  PreviewResolver,
] as const;

/**
 * type-graphql asks for one as soon as there is a subscription, though each of ours has its own `subscribe` and nothing
 * is ever published by topic.
 */
const unusedPubSub: PubSub = {
  publish: (topic) => invariant(false, `nothing publishes to topic ${topic}`),
  subscribe: (topic) => {
    throw new Error(`Invariant broken: nothing subscribes to topic ${topic}`);
  },
};

const rootDescriptions: Readonly<Record<'Query' | 'Mutation' | 'Subscription', string>> = {
  Query:
    'What can be read: of the org and sandbox that the caller names, with what the caller may see there.',
  Mutation:
    'What can be changed. What a user got wrong comes back in userErrors; only what nobody can mend in the request is an error.',
  Subscription: 'What is told as it happens. Each begins with the state as it is now.',
};

/** The whole schema, sorted by name so that its printed form does not depend on the order of imports. */
export function buildGatewaySchema(): GraphQLSchema {
  // Its own check of the schema takes a tenth of a second at each start; a test makes it once.
  const schema = buildSchemaSync({
    ...{ resolvers: [...resolvers], validate: false, pubSub: unusedPubSub },
    skipCheck: true,
  });
  for (const name of Object.keys(oneOfInputs)) {
    const type = schema.getType(name);
    invariant(type instanceof GraphQLInputObjectType, `${name} is an input type`);
    // type-graphql 2.0.0-rc.4 takes no isOneOf; graphql-js reads it for validation, coercion and printing.
    type.isOneOf = true;
  }
  // Nor does it take what root types are for.
  for (const [name, description] of Object.entries(rootDescriptions)) {
    const type = schema.getType(name);
    invariant(type !== undefined, `${name} is a root type`);
    type.description = description;
  }
  const sorted = lexicographicSortSchema(schema);
  keepListsReadable(sorted);
  refuseMalformedIds(sorted);
  return sorted;
}
