import { defaultFieldResolver } from 'graphql';
import type { GraphQLSchema } from 'graphql';
import { BadUserInput } from '../errors/bad-user-input';
import { idPattern } from '../wire/common.wire';

interface IdForm {
  readonly pattern: RegExp;
  readonly words: string;
}

const anyId: IdForm = { pattern: idPattern, words: '1 to 64 letters, digits and hyphens' };

/** Ids that look otherwise: of previews, which are base64. The id of a profile is anybody's: an e-mail, a phone number. */
const otherForms: Readonly<Record<string, IdForm | null>> = {
  preview: {
    pattern: /^[A-Za-z0-9+/=_-]{1,256}$/,
    words: '1 to 256 letters, digits and the signs of base64',
  },
  profile: null,
};

/**
 * Refuses an id that cannot be one at the queries that look something up by it: null would say that somebody looked.
 * What is named in the input of a mutation is told by its userErrors instead.
 *
 * @throws BadUserInput from the field, when it is asked for.
 */
export function refuseMalformedIds(schema: GraphQLSchema): void {
  for (const [name, field] of Object.entries(schema.getQueryType()?.getFields() ?? {})) {
    const form = Object.hasOwn(otherForms, name) ? otherForms[name] : anyId;
    if (!form || !field.args.some((arg) => arg.name === 'id')) continue;
    const resolve = field.resolve ?? defaultFieldResolver;
    field.resolve = (source, args: Readonly<Record<string, unknown>>, context, info): unknown => {
      const { id } = args;
      if (typeof id === 'string' && !form.pattern.test(id))
        throw new BadUserInput(`"id" is not an id: ids of this kind are ${form.words}.`);
      return resolve(source, args, context, info);
    };
  }
}
