import { readdirSync } from 'node:fs';
import {
  answerExamples,
  examplesFolder,
  pages,
  readExample,
  requestExamples,
} from '../fixtures/adobe/examples';
import type { AnswerExample } from '../fixtures/adobe/examples';
import { startGateway } from '../support/started-gateway';
import type { StartedGateway } from '../support/started-gateway';
import { answerCases } from './adobe-answers';
import { requestCases } from './adobe-requests';

describe('the answers of Adobe’s pages, as a client of the gateway sees them', () => {
  let name: AnswerExample;
  let started: StartedGateway;

  beforeAll(async () => {
    started = await startGateway(({ method, path }) => {
      const known = answerCases[name].serves(readExample(name));
      return known[`${method} ${path.replace(/^\/data\/(core\/ups|foundation|core)/, '')}`];
    });
  });
  afterAll(() => started.close());

  test.each(Object.keys(answerCases) as AnswerExample[])('%s', async (example) => {
    name = example;
    const answer = await started.post({ query: answerCases[name].asks });
    const { data, errors } = (await answer.json()) as { data: unknown; errors?: unknown };
    expect(errors).toBeUndefined();
    expect(data).toMatchObject(answerCases[name].sees);
  });
});

describe('the folder of examples', () => {
  const files = readdirSync(examplesFolder).map((file) => file.replace(/\.json$/, ''));

  test('holds no example that is in no case, and a case for none that it does not hold', () => {
    expect([...Object.keys(requestCases), ...Object.keys(answerCases)].sort()).toEqual(files.sort());
  });

  test('has a heading for each, on a page that is known', () => {
    expect([...Object.keys(requestExamples), ...Object.keys(answerExamples)].sort()).toEqual(files.sort());
    const keys = Object.keys(pages);
    expect(files.filter((file) => !keys.some((key) => file.startsWith(`${key}-`)))).toEqual([]);
  });
});
