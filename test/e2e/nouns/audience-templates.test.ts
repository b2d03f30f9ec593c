import { graphql } from '../../generated';
import type { AudienceTemplateInput } from '../../generated/graphql';
import { startRoad } from '../../support/start-road';
import type { Road } from '../../support/start-road';

const createTemplate = graphql(`
  mutation NounsCreateTemplate($input: AudienceTemplateInput!) {
    createAudienceTemplate(input: $input) {
      audienceTemplate {
        id
        name
        credential
      }
      userErrors {
        code
        message
      }
    }
  }
`);

const updateTemplate = graphql(`
  mutation NounsUpdateTemplate($id: ID!, $input: AudienceTemplateInput!) {
    updateAudienceTemplate(id: $id, input: $input) {
      audienceTemplate {
        id
        name
        credential
      }
      userErrors {
        code
        message
      }
    }
  }
`);

const deleteTemplate = graphql(`
  mutation NounsDeleteTemplate($id: ID!) {
    deleteAudienceTemplate(id: $id) {
      deletedId
      userErrors {
        code
      }
    }
  }
`);

const readTemplate = graphql(`
  query NounsReadTemplate($id: ID!) {
    audienceTemplate(id: $id) {
      id
      name
      host
      audience
      credential
      operations {
        verb
        httpMethod
        uri
        body
      }
      macros {
        expression
        usedIn
      }
    }
  }
`);

const listTemplates = graphql(`
  query NounsListTemplates {
    audienceTemplates {
      nodes {
        id
        name
        credential
      }
    }
  }
`);

const secret = 'planted-canary';
const mask = '********';
const macro = '{{baseConnection.auth.params.accessToken}}';
const shownCredential = { token: macro, clientSecret: mask, authType: 'OAUTH2' };
const input = {
  name: 'Example',
  host: 'https://api.example.com/v10',
  audience: { name: '{{segment.name}}' },
  credential: { token: macro, clientSecret: secret, authType: 'OAUTH2' },
  operations: [
    { verb: 'CREATE', httpMethod: 'POST', uri: '/audiences', body: { name: '{{audience.name}}' } },
  ],
} satisfies AudienceTemplateInput;

describe('an audience template', () => {
  let road: Road;
  let id: string;

  beforeAll(async () => {
    road = await startRoad();
  });

  afterAll(() => road.close());

  beforeEach(async () => {
    const { createAudienceTemplate: answer } = await road.run(createTemplate, { input });
    expect(answer.userErrors).toEqual([]);
    id = answer.audienceTemplate?.id ?? '';
  });

  afterEach(() => road.run(deleteTemplate, { id }));

  it('reads as it was made, but for its literal secrets', async () => {
    const { audienceTemplate } = await road.run(readTemplate, { id });
    expect(audienceTemplate).toMatchObject({ ...input, id, credential: shownCredential });
    expect(audienceTemplate?.macros).toContainEqual({
      expression: 'segment.name',
      usedIn: ['audience.name'],
    });
  });

  it('is listed with its secrets masked, its macros and its authType as they are', async () => {
    const { audienceTemplates } = await road.run(listTemplates, {});
    expect(audienceTemplates.nodes).toEqual([{ id, name: 'Example', credential: shownCredential }]);
  });

  it('shows its secret to nobody, not even to who makes or changes it', async () => {
    const made = await road.ask(createTemplate, { input });
    const changed = await road.ask(updateTemplate, { id, input: { ...input, name: 'Changed' } });
    expect(made.data?.createAudienceTemplate.audienceTemplate?.credential).toEqual(shownCredential);
    expect(changed.data?.updateAudienceTemplate.audienceTemplate?.credential).toEqual(shownCredential);
    expect(JSON.stringify([made, changed])).not.toContain(secret);
    await road.run(deleteTemplate, { id: made.data?.createAudienceTemplate.audienceTemplate?.id ?? '' });
  });

  it('takes an update that sends the mask back, and stays masked', async () => {
    const { updateAudienceTemplate: answer } = await road.run(updateTemplate, {
      id,
      input: { ...input, name: 'Renamed', credential: shownCredential },
    });
    const after = { id, name: 'Renamed', credential: shownCredential };
    expect(answer).toEqual({ audienceTemplate: after, userErrors: [] });
    expect((await road.run(readTemplate, { id })).audienceTemplate).toMatchObject(after);
  });

  it('with a header that is no text is invalid', async () => {
    const operations = input.operations.map((one) => ({ ...one, headers: { a: { b: 1 } } }));
    const { createAudienceTemplate: answer } = await road.run(createTemplate, {
      input: { ...input, operations },
    });
    expect(answer).toMatchObject({
      audienceTemplate: null,
      userErrors: [{ message: 'The value of a header must be a text.' }],
    });
  });

  it.each(['http://api.example.com', 'https://user:password@api.example.com'])(
    'with the host %s is invalid',
    async (host) => {
      const { createAudienceTemplate: answer } = await road.run(createTemplate, {
        input: { ...input, host },
      });
      expect(answer).toMatchObject({ audienceTemplate: null, userErrors: [{ code: 'TEMPLATE_INVALID' }] });
      expect((await road.run(listTemplates, {})).audienceTemplates.nodes).toHaveLength(1);
    },
  );

  it('can be deleted, and is gone then', async () => {
    const { deleteAudienceTemplate: answer } = await road.run(deleteTemplate, { id });
    expect(answer).toEqual({ deletedId: id, userErrors: [] });
    expect((await road.run(readTemplate, { id })).audienceTemplate).toBeNull();
  });
});
