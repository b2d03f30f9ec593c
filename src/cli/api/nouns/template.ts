import type { ExitCode } from '../../../errors/command-error';
import { CommandError } from '../../../errors/command-error';
import type { UserError } from '../../../client';
import { changeVerb, deleteVerb, getVerb, listVerb } from '../common-verbs';
import { userErrorsFailure } from '../failures';
import { argument, given, jsonObject, text, textOption } from '../options';
import { printRow } from '../output';
import type { ApiDocument, Call, Column, Noun, Row } from '../verb';
import { userErrorFields } from './user-error-fields';

const columns: readonly Column[] = [
  { title: 'ID', path: 'id' },
  { title: 'NAME', path: 'name' },
  { title: 'HOST', path: 'host' },
  { title: 'UPDATED', path: 'updatedAt' },
];
const fields = `id name host audience credential createdAt updatedAt
  operations { verb httpMethod uri headers params body schemaMap errorSchemaMap }
  validations { field regex }`;
const fileOption = textOption('--input <json>', 'the template as JSON, or @file').makeOptionMandatory();

const apply: ApiDocument = {
  text: `mutation ApplyTemplate($input: RenderTemplateInput!) {
    result: applyAudienceTemplate(input: $input) {
      value: outcome { httpStatus externalAudienceId values error }
      ${userErrorFields}
    }
  }`,
  rows: 'result.value',
  columns: [
    { title: 'STATUS', path: 'httpStatus' },
    { title: 'AUDIENCE', path: 'externalAudienceId' },
    { title: 'VALUES', path: 'values' },
    { title: 'ERROR', path: 'error' },
  ],
};
const verbs = ['CREATE', 'UPDATE', 'DELETE', 'VALIDATE'];
const applyOptions = [
  textOption('--segment <id>', 'for this segment'),
  textOption('--values <json>', 'values of macros as JSON, or @file'),
];

async function applyInput(call: Call): Promise<Row> {
  const verb = argument(call, 1).toUpperCase();
  if (!verbs.includes(verb)) throw new CommandError(`The verb must be one of ${verbs.join(', ')}.`, 2);
  const [segmentId, values] = [text(call, 'segment'), await jsonObject(call, 'values')];
  return { input: given({ templateId: argument(call), verb, segmentId, values }) };
}

async function templateInput(call: Call): Promise<Row> {
  return (await jsonObject(call, 'input')) ?? {};
}

export const template: Noun = {
  name: 'template',
  description: 'Audience templates: how a destination is told of an audience.',
  verbs: [
    listVerb({
      description: 'List templates.',
      text: `query ListTemplates($first: Int!, $after: String) {
        result: audienceTemplates(first: $first, after: $after) {
          nodes { ${fields} }
          pageInfo { hasNextPage endCursor }
        }
      }`,
      columns,
    }),
    getVerb({
      description: 'Show one template.',
      text: `query GetTemplate($id: ID!) { result: audienceTemplate(id: $id) { ${fields} macros { expression usedIn } } }`,
      columns: [
        ...columns,
        { title: 'AUDIENCE', path: 'audience' },
        { title: 'CREDENTIAL', path: 'credential' },
        { title: 'OPERATIONS', path: 'operations' },
        { title: 'VALIDATIONS', path: 'validations' },
      ],
    }),
    changeVerb({
      usage: 'create',
      description: 'Save a template.',
      options: [fileOption],
      text: `mutation CreateTemplate($input: AudienceTemplateInput!) {
        result: createAudienceTemplate(input: $input) { value: audienceTemplate { ${fields} } ${userErrorFields} }
      }`,
      columns,
      variables: async (call) => ({ input: await templateInput(call) }),
    }),
    changeVerb({
      usage: 'update <id>',
      description: 'Replace a template; secrets that come masked stay as they are stored.',
      options: [fileOption],
      text: `mutation UpdateTemplate($id: ID!, $input: AudienceTemplateInput!) {
        result: updateAudienceTemplate(id: $id, input: $input) { value: audienceTemplate { ${fields} } ${userErrorFields} }
      }`,
      columns,
      variables: async (call) => ({ id: argument(call), input: await templateInput(call) }),
    }),
    deleteVerb({
      description: 'Delete a template.',
      text: `mutation DeleteTemplate($id: ID!) { result: deleteAudienceTemplate(id: $id) { value: deletedId ${userErrorFields} } }`,
    }),
    getVerb({
      usage: 'render <id> <verb>',
      description: 'Show what would be sent; nothing is sent.',
      options: applyOptions,
      text: `query RenderTemplate($input: RenderTemplateInput!) {
        result: renderAudienceTemplate(input: $input) { httpMethod url headers body unresolved violations }
      }`,
      columns: [
        { title: 'METHOD', path: 'httpMethod' },
        { title: 'URL', path: 'url' },
        { title: 'HEADERS', path: 'headers' },
        { title: 'BODY', path: 'body' },
        { title: 'UNRESOLVED', path: 'unresolved' },
        { title: 'VIOLATIONS', path: 'violations' },
      ],
      variables: applyInput,
    }),
    {
      usage: 'apply <id> <verb>',
      description: 'Send it to the destination: create, update, delete or validate.',
      options: applyOptions,
      documents: [apply],
      run: applyTemplate,
    },
  ],
};

async function applyTemplate(call: Call): Promise<ExitCode> {
  const variables = await applyInput(call);
  const { result } = await call.client.query<
    { readonly result: { readonly value: Row | null; readonly userErrors: readonly UserError[] } },
    Row
  >(apply.text, variables, { signal: call.signal });
  if (result.value !== null) printRow(call, apply.columns, result.value);
  if (result.userErrors.length > 0) throw userErrorsFailure(result.userErrors, variables);
  return 0;
}
