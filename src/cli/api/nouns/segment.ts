import type { ExitCode } from '../../../errors/command-error';
import type { PqlDiagnostic } from '../../../client';
import { CommandError } from '../../../errors/command-error';
import { askOne, changeVerb, deleteVerb, getVerb, listVerb } from '../common-verbs';
import { describeDiagnostics } from '../failures';
import {
  argument,
  expression,
  given,
  listOption,
  ruleOptions,
  text,
  textOption,
  texts,
  wordOption,
} from '../options';
import { printRow } from '../output';
import type { ApiDocument, Call, Column, Noun, Row } from '../verb';
import { userErrorFields } from './user-error-fields';

const methods = ['BATCH', 'STREAMING', 'EDGE'];
const columns: readonly Column[] = [
  { title: 'ID', path: 'id' },
  { title: 'NAME', path: 'name' },
  { title: 'EVALUATION', path: 'evaluation' },
  { title: 'UPDATED', path: 'updatedAt' },
  { title: 'RULE', path: 'expression.text' },
];
const fields = `id name description schemaName version evaluation createdAt updatedAt
  expression { type format value text }`;

const check: ApiDocument = {
  text: `query CheckPql($expression: ExpressionInput!) {
    result: checkPql(expression: $expression) {
      valid text attributes segmentIds
      diagnostics { severity code message from to line column suggestion }
    }
  }`,
  rows: 'result',
  columns: [
    { title: 'VALID', path: 'valid' },
    { title: 'RULE', path: 'text' },
    { title: 'ATTRIBUTES', path: 'attributes' },
    { title: 'SEGMENTS', path: 'segmentIds' },
  ],
};

const contentOptions = [
  textOption('--description <text>', 'what it is for'),
  ...ruleOptions,
  textOption('--merge-policy <id>', 'its merge policy'),
  listOption('--evaluation <methods>', `${methods.join(', ')}; several with commas`),
];

async function contentOf(call: Call): Promise<Row> {
  return given({
    name: text(call, 'name'),
    description: text(call, 'description'),
    expression: await expression(call),
    mergePolicyId: text(call, 'mergePolicy'),
    evaluation: texts(call, 'evaluation')?.map((method) => method.toUpperCase()),
  });
}

export const segment: Noun = {
  name: 'segment',
  description: 'Segments: the rules that say who belongs to an audience.',
  verbs: [
    listVerb({
      description: 'List segments.',
      options: [
        textOption('--name <text>', 'whose name holds this text'),
        wordOption('--evaluation <method>', 'evaluated so', methods),
      ],
      text: `query ListSegments($first: Int!, $after: String, $filter: SegmentFilter) {
        result: segments(first: $first, after: $after, filter: $filter) {
          nodes { ${fields} }
          pageInfo { hasNextPage endCursor }
        }
      }`,
      columns,
      variables: (call) => ({
        filter: given({ nameContains: text(call, 'name'), evaluation: text(call, 'evaluation') }),
      }),
    }),
    getVerb({
      description: 'Show one segment.',
      text: `query GetSegment($id: ID!) { result: segment(id: $id) { ${fields} mergePolicy { id name } audience { at size } } }`,
      columns: [
        ...columns,
        { title: 'DESCRIPTION', path: 'description' },
        { title: 'SIZE', path: 'audience.size' },
        { title: 'COUNTED', path: 'audience.at' },
      ],
    }),
    changeVerb({
      usage: 'create',
      description: 'Save a rule as a segment.',
      options: [textOption('--name <name>', 'its name').makeOptionMandatory(), ...contentOptions],
      text: `mutation CreateSegment($input: CreateSegmentInput!) {
        result: createSegment(input: $input) { value: segment { ${fields} } ${userErrorFields} }
      }`,
      columns,
      variables: async (call) => {
        const input = await contentOf(call);
        if (input['expression'] === undefined)
          throw new CommandError('Say the rule by --pql or --pql-file.', 2);
        return { input };
      },
    }),
    changeVerb({
      usage: 'update <id>',
      description: 'Change what is named, and leave the rest.',
      options: [textOption('--name <name>', 'its name'), ...contentOptions],
      text: `mutation UpdateSegment($input: UpdateSegmentInput!) {
        result: updateSegment(input: $input) { value: segment { ${fields} } ${userErrorFields} }
      }`,
      columns,
      variables: async (call) => ({ input: { id: argument(call), ...(await contentOf(call)) } }),
    }),
    deleteVerb({
      description: 'Delete a segment.',
      text: `mutation DeleteSegment($id: ID!) { result: deleteSegment(id: $id) { value: deletedId ${userErrorFields} } }`,
    }),
    {
      usage: 'check [rule]',
      description: 'Check a rule without saving it.',
      options: ruleOptions,
      documents: [check],
      run: checkRule,
    },
  ],
};

async function checkRule(call: Call): Promise<ExitCode> {
  const [rule] = call.args;
  const given = rule === undefined ? await expression(call) : { text: rule };
  if (given === undefined) throw new CommandError('Say the rule, or --pql-file.', 2);
  const answer = (await askOne(call, check, { expression: given })) ?? {};
  const diagnostics = answer['diagnostics'] as readonly PqlDiagnostic[];
  const source = typeof given['text'] === 'string' ? given['text'] : '';
  const lines = describeDiagnostics(diagnostics, source);
  if (answer['valid'] !== true && call.format === 'table')
    throw new CommandError(['INVALID_PQL:', ...lines].join('\n'), 2);
  if (call.format === 'table') for (const line of lines) call.stderr.write(`${line}\n`);
  printRow(call, check.columns, answer);
  return answer['valid'] === true ? 0 : 2;
}
