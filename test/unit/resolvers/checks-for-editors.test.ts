import { createTestContext, runQuery } from '../../support/run-query';

interface Check {
  readonly valid: boolean;
  readonly attributes: readonly string[];
  readonly segmentIds: readonly string[];
  readonly diagnostics: readonly {
    readonly code: string;
    readonly from: number;
    readonly to: number;
    readonly line: number;
    readonly column: number;
    readonly suggestion: string | null;
  }[];
}

async function check(text: string): Promise<Check> {
  const query = `query ($text: String!) { checkPql(expression: { text: $text }) {
    valid attributes segmentIds diagnostics { code from to line column suggestion } } }`;
  const { data } = await runQuery(query, createTestContext(), { text });
  return (data as unknown as { checkPql: Check }).checkPql;
}

/** The words that each diagnostic marks, as an editor cuts them out of its own text. */
async function marked(text: string): Promise<string[]> {
  const { diagnostics } = await check(text);
  return diagnostics.map(({ from, to }) => text.slice(from, to));
}

describe('checkPql, for an editor', () => {
  it.each([
    ['plain words', 'homeAddress.countryCode.startWith("F")', ['startWith']],
    ['words behind an emoji, two UTF-16 units each', 'person.name.firstName = "😀😀" and and true', ['and']],
    ['words behind a letter with its accent apart', 'person.name.firstName = "e\u0301" and or true', ['or']],
    ['words on a later line', 'true\r\n  and or true', ['or']],
    ['a string without its end, to the end', 'person.name.firstName = "😀', ['"😀']],
    ['nothing, at the end of the rule', 'person.name.firstName =', ['']],
    ['all of a rule of spaces', '   ', ['   ']],
  ])('marks %s', async (_what, text, words) => {
    expect((await marked(text)).slice(0, words.length)).toEqual(words);
  });

  it('counts lines and columns from 1, columns in UTF-16 units too', async () => {
    const { diagnostics } = await check('true and\n"😀" = and');
    expect(diagnostics[0]).toMatchObject({ line: 2, column: 8, from: 16 });
  });

  it('has a suggestion that takes the place of what is marked', async () => {
    const text = 'homeAddress.countryCode.startWith("F")';
    const [first] = (await check(text)).diagnostics;
    const mended = text.slice(0, first?.from) + (first?.suggestion ?? '') + text.slice(first?.to);
    expect(await check(mended)).toMatchObject({ valid: true, diagnostics: [] });
  });

  it('warns of an attribute that is not standard, and lets the rule pass', async () => {
    expect(await check('homeAddress.countryCod = "FR"')).toMatchObject({
      valid: true,
      diagnostics: [{ code: 'unchecked-attribute', suggestion: 'countryCode' }],
    });
  });

  it('names each attribute and each segment once, those of events by their path', async () => {
    const rule =
      'inSegment("a") and not inSegment("b") and inSegment("a") and homeAddress.city = "Ulm" and homeAddress.city != "" and xEvent[eventType = "x"].count() > 1';
    expect(await check(rule)).toMatchObject({
      attributes: ['homeAddress.city', 'xEvent', 'xEvent.eventType'],
      segmentIds: ['a', 'b'],
    });
  });
});

describe('explainCron, for a form', () => {
  const explain = async (cron: string, first = 2): Promise<unknown> => {
    const query = `query ($cron: String!, $first: Int) { explainCron(cron: $cron, first: $first) {
      valid description atMostDaily problems nextRuns } }`;
    const now = new Date('2026-11-22T05:00:00Z');
    const { data } = await runQuery(query, createTestContext({ now }), { cron, first });
    return data?.['explainCron'];
  };

  it('puts a cron in words and tells its next times, in UTC', async () => {
    expect(await explain('0 0 6 ? * MON-FRI')).toEqual({
      valid: true,
      description: 'At 06:00, Monday through Friday',
      atMostDaily: true,
      problems: [],
      nextRuns: ['2026-11-23T06:00:00.000Z', '2026-11-24T06:00:00.000Z'],
    });
  });

  it.each([
    ['0 0 1 * * ?', true],
    ['0 0 0 L * ?', true],
    ['0 0/30 * * * ?', false],
    ['0 0 6,18 ? * MON', false],
  ])('says whether %s fires at most daily: %s', async (cron, atMostDaily) => {
    expect(await explain(cron)).toMatchObject({ valid: true, atMostDaily });
  });

  it.each([
    ['', /this one has 0/],
    ['* * *', /this one has 3/],
    ['0 0 6 * * *', /must be "\?"/],
    ['0 0 0 30 2 ?', /never be due/],
    ['0 0 0 1 1 ? 2020', /last time has passed/],
  ])('says what is wrong with "%s"', async (cron, words) => {
    expect(await explain(cron)).toMatchObject({
      valid: false,
      nextRuns: [],
      problems: [expect.stringMatching(words) as string],
    });
  });

  it('takes no more than it can count', async () => {
    const { errors } = await runQuery(
      '{ explainCron(cron: "0 0 1 * * ?", first: 0) { valid } }',
      createTestContext(),
    );
    expect(errors?.[0]?.message).toContain('first');
  });
});
