import { getVerb } from '../common-verbs';
import { argument, listOption, texts } from '../options';
import type { Noun } from '../verb';

export const profile: Noun = {
  name: 'profile',
  description: 'Profiles of people.',
  verbs: [
    getVerb({
      usage: 'get <namespace> <id>',
      description: 'Show the profile with an identity, e.g. email ada@example.com.',
      options: [
        listOption('--fields <paths>', 'these attributes, e.g. person.name,homeAddress (default: all)'),
      ],
      text: `query GetProfile($identity: IdentityInput!, $paths: [String!]) {
        result: profile(identity: $identity) {
          identities { namespace id }
          attributes(paths: $paths)
          memberships { segmentId namespace status lastQualifiedAt }
        }
      }`,
      columns: [
        { title: 'IDENTITIES', path: 'identities' },
        { title: 'ATTRIBUTES', path: 'attributes' },
        { title: 'MEMBERSHIPS', path: 'memberships' },
      ],
      variables: (call) => ({
        identity: { namespace: argument(call), id: argument(call, 1) },
        paths: texts(call, 'fields') ?? null,
      }),
    }),
  ],
};
