import type { ExitCode } from '../../../errors/command-error';
import { CommandError } from '../../../errors/command-error';
import { startProgress } from '../../progress';
import { change, getVerb } from '../common-verbs';
import { expression, ruleOptions } from '../options';
import { printRow } from '../output';
import type { ApiDocument, Call, Column, Noun, Row } from '../verb';
import { valueAt } from '../verb';
import { userErrorFields } from './user-error-fields';

const columns: readonly Column[] = [
  { title: 'ID', path: 'id' },
  { title: 'STATE', path: 'state' },
  { title: 'SIZE', path: 'estimate.size' },
  { title: 'LOW', path: 'estimate.low' },
  { title: 'HIGH', path: 'estimate.high' },
  { title: 'OF', path: 'estimate.totalProfiles' },
  { title: 'ERROR', path: 'estimate.error' },
];
const fields = `id state estimate {
  size standardError confidence low high profilesRead profilesMatched totalProfiles error
}`;
const start: ApiDocument = {
  text: `mutation StartPreview($input: StartPreviewInput!) {
    result: startPreview(input: $input) { value: preview { ${fields} } ${userErrorFields} }
  }`,
  rows: 'result.value',
  columns,
};
const watch: ApiDocument = {
  text: `subscription WatchPreview($id: ID!) { result: previewChanged(id: $id) { ${fields} } }`,
  rows: 'result',
  columns,
};

export const preview: Noun = {
  name: 'preview',
  description: 'Rules tried on a sample, before they are saved.',
  verbs: [
    {
      usage: 'start',
      description: 'Estimate how many profiles a rule finds.',
      options: ruleOptions,
      documents: [start, watch],
      run: estimate,
    },
    getVerb({
      description: 'Show one preview.',
      text: `query GetPreview($id: ID!) { result: preview(id: $id) { ${fields} } }`,
      columns,
    }),
  ],
};

async function estimate(call: Call): Promise<ExitCode> {
  const rule = await expression(call);
  if (rule === undefined) throw new CommandError('Say the rule by --pql or --pql-file.', 2);
  let row: Row = await change(call, start, { input: { expression: rule } });
  const line = startProgress(call.stderr, 'estimate');
  const events = call.client.subscribe<{ readonly result: Row }, Row>(
    watch.text,
    { id: row['id'] },
    { signal: call.signal },
  );
  for await (const { result } of events) {
    row = result;
    const read = Number(valueAt(row, 'estimate.profilesRead') ?? 0);
    const total = Number(valueAt(row, 'estimate.totalProfiles') ?? 0);
    line.update(total === 0 ? null : Math.min(1, read / total), String(row['state']));
  }
  line.done(String(row['state']));
  printRow(call, columns, row);
  return row['state'] === 'RESULT_READY' ? 0 : row['state'] === 'CANCELLED' ? 3 : 1;
}
