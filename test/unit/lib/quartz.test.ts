import { fc } from '../../support/fast-check';
import { parseQuartz } from '../../../src/lib/quartz';

const saturday = new Date('2026-11-21T00:30:00Z');
const nextOf = (expression: string, count = 3): string[] =>
  parseQuartz(expression)
    .next(saturday, count)
    .map((date) => date.toISOString());

const days = (expression: string, count: number): string[] =>
  nextOf(expression, count).map((iso) => iso.slice(0, 10));

describe('due times', () => {
  test('a daily expression is due every day at its time, UTC', () => {
    expect(nextOf('0 0 1 * * ?')).toEqual([
      '2026-11-21T01:00:00.000Z',
      '2026-11-22T01:00:00.000Z',
      '2026-11-23T01:00:00.000Z',
    ]);
  });
  test('6#3 is the third Friday, because Quartz counts from Sunday as 1', () => {
    expect(nextOf('0 15 10 ? * 6#3', 2)).toEqual(['2026-12-18T10:15:00.000Z', '2027-01-15T10:15:00.000Z']);
  });
  test('6L is the last Friday of a month and L alone is Saturday', () => {
    expect(nextOf('0 0 1 ? * 6L', 1)).toEqual(['2026-11-27T01:00:00.000Z']);
    expect(nextOf('0 0 1 ? * L', 2)).toEqual(['2026-11-21T01:00:00.000Z', '2026-11-28T01:00:00.000Z']);
  });
  test('LW is the last working day of a month', () => {
    expect(nextOf('0 0 1 LW * ?', 3)).toEqual([
      '2026-11-30T01:00:00.000Z',
      '2026-12-31T01:00:00.000Z',
      '2027-01-29T01:00:00.000Z',
    ]);
  });
  test('a/b starts at a and steps by b', () => {
    expect(nextOf('0 5/20 1 * * ?', 4)).toEqual([
      '2026-11-21T01:05:00.000Z',
      '2026-11-21T01:25:00.000Z',
      '2026-11-21T01:45:00.000Z',
      '2026-11-22T01:05:00.000Z',
    ]);
  });
  test('a range may run past the end of the week', () => {
    expect(nextOf('0 0 1 ? * FRI-MON', 4).map((iso) => iso.slice(0, 10))).toEqual([
      '2026-11-21',
      '2026-11-22',
      '2026-11-23',
      '2026-11-27',
    ]);
  });
  test('L-3 is the third day before the last one, whatever the length of the month', () => {
    expect(days('0 0 1 L-3 * ?', 5)).toEqual([
      '2026-11-27',
      '2026-12-28',
      '2027-01-28',
      '2027-02-25',
      '2027-03-28',
    ]);
    expect(days('0 0 1 L-3 2 ? 2027-2029', 3)).toEqual(['2027-02-25', '2028-02-26', '2029-02-25']);
  });
  test('L-30 is due in months of 31 days alone', () => {
    expect(days('0 0 1 L-30 * ?', 3)).toEqual(['2026-12-01', '2027-01-01', '2027-03-01']);
  });
  test('15W is the working day nearest to the 15th: Monday the 16th, or Friday the 14th', () => {
    expect(days('0 0 1 15W 5,8 ?', 2)).toEqual(['2027-05-14', '2027-08-16']);
  });
  test('W never leaves its month: 1W of a Saturday is Monday the 3rd', () => {
    expect(days('0 0 1 1W 5,8 ?', 2)).toEqual(['2027-05-03', '2027-08-02']);
    expect(days('0 0 1 31W 1,10 ?', 2)).toEqual(['2027-01-29', '2027-10-29']);
  });
  test('7L is the last Saturday, FRIL and FRI#3 say the same as 6L and 6#3', () => {
    expect(days('0 0 1 ? * 7L', 1)).toEqual(['2026-11-28']);
    expect(days('0 0 1 ? * FRIL', 2)).toEqual(days('0 0 1 ? * 6L', 2));
    expect(days('0 0 1 ? * fri#3', 2)).toEqual(days('0 0 1 ? * 6#3', 2));
  });
  test('a fifth Friday skips months that have none', () => {
    expect(days('0 0 1 ? * 6#5', 2)).toEqual(['2027-01-29', '2027-04-30']);
  });
  test('lists, ranges and steps may have names', () => {
    expect(days('0 0 1 ? JAN-MAR MON,WED', 3)).toEqual(['2027-01-04', '2027-01-06', '2027-01-11']);
    expect(days('0 0 1 1 NOV-FEB,JUN ?', 4)).toEqual([
      '2026-12-01',
      '2027-01-01',
      '2027-02-01',
      '2027-06-01',
    ]);
    expect(days('0 0 1 ? * MON-FRI/2', 3)).toEqual(['2026-11-23', '2026-11-25', '2026-11-27']);
  });
  test('a year that is over has no due times', () => {
    expect(parseQuartz('0 0 1 1 1 ? 2020')).toMatchObject({ ok: true, problems: [] });
    expect(days('0 0 1 1 1 ? 2020', 1)).toEqual([]);
  });
  test('a year bounds the due times', () => {
    expect(nextOf('0 0 1 1 1 ? 2030', 5)).toEqual(['2030-01-01T01:00:00.000Z']);
  });
});

describe('what is refused', () => {
  test.each([
    ['0 0 1 * *', 'wrong-field-count'],
    ['0 0 1 * * *', 'days-not-exclusive'],
    ['0 0 1 ? * ?', 'days-not-exclusive'],
    ['61 0 1 * * ?', 'bad-field'],
    ['? 0 1 * * ?', 'bad-field'],
    ['0 0 1 * * FRIDAY', 'bad-field'],
    ['0 0 1 L-31 * ?', 'bad-field'],
    ['0 0 1 L-3W * ?', 'bad-field'],
    ['0 0 1 1,15W * ?', 'bad-field'],
    ['0 0 1 1,L * ?', 'bad-field'],
    ['0 0 1 ? * 2#1,6#3', 'bad-field'],
    ['0 0 1 ? * MON,FRIL', 'bad-field'],
    ['0 0 1 32W * ?', 'bad-field'],
    ['0 0 1 ? * 8L', 'bad-field'],
    ['0 0 1 ? JANUARY MON', 'bad-field'],
    ['0 0 1 L-29 2 ?  2027', 'never-due'],
    ['0 0 1 31 4,6 ?', 'never-due'],
    ['0 0 1 ? * 6#6', 'bad-field'],
    ['0 0 1 * * ? 2030-2020', 'bad-field'],
    ['0 0/0 1 * * ?', 'bad-field'],
    ['0 0 1 30 2 ?', 'never-due'],
  ])('%s: %s', (expression, code) => {
    const schedule = parseQuartz(expression);
    expect(schedule.ok).toBe(false);
    expect(schedule.problems.map((problem) => problem.code)).toContain(code);
    expect(schedule.next(saturday, 1)).toEqual([]);
  });
});

describe('the daily limit', () => {
  test.each(['0 0 1 * * ?', '0 0 1 ? * MON-FRI', '0 15 10 1,15 * ?', '0 0 1 LW * ?'])(
    '%s is at most daily',
    (expression) => {
      expect(parseQuartz(expression).isAtMostDaily).toBe(true);
    },
  );
  test.each(['0 0 1,13 * * ?', '0 0/30 1 * * ?', '* 0 1 * * ?', '0 0 * * * ?'])(
    '%s is more than daily',
    (expression) => {
      expect(parseQuartz(expression)).toMatchObject({ ok: true, isAtMostDaily: false });
    },
  );
});

test.each([
  ['0 0 1 30 2 ?', 'The months that it names have no day 30, so it would never be due.'],
  ['0 0 1 29 2 ? 2027', 'No date fits this expression, so it would never be due.'],
  ['0 0 1 1,15W * ?', 'The day of month field is wrong: "15W" cannot be one of a list.'],
])('%s is refused in words: %s', (expression, message) => {
  expect(parseQuartz(expression).problems.map((problem) => problem.message)).toEqual([message]);
});

test('a description is for people', () => {
  expect(parseQuartz('0 0 1 L-3 * ?').description).toBe('At 01:00, 3 days before the last day of the month');
  expect(parseQuartz('0 15 10 ? * 6#3').description).toBe('At 10:15, on the third Friday of the month');
});

const field = (min: number, max: number): fc.Arbitrary<string> => {
  const value = fc.integer({ min, max }).map(String);
  return fc.oneof(
    value,
    fc.tuple(value, value).map(([a, b]) => `${a}-${b}`),
    fc.tuple(value, fc.integer({ min: 1, max: max - min + 1 })).map(([a, b]) => `${a}/${b}`),
    fc.constant('*'),
  );
};
const expressions = fc
  .tuple(field(0, 59), field(0, 59), field(0, 23), field(1, 28), field(1, 12), field(1, 7), fc.boolean())
  .map(
    ([s, m, h, day, month, weekday, byWeekday]) =>
      `${s} ${m} ${h} ${byWeekday ? '?' : day} ${month} ${byWeekday ? weekday : '?'}`,
  );

test('due times lie after the moment asked for, ascend, and none is skipped when asked one at a time', () => {
  fc.assert(
    fc.property(expressions, (expression) => {
      const schedule = parseQuartz(expression);
      expect(schedule.problems).toEqual([]);
      const together = schedule.next(saturday, 4);
      let last = saturday;
      for (const due of together) {
        expect(due.getTime()).toBeGreaterThan(last.getTime());
        expect(schedule.next(last, 1)).toEqual([due]);
        last = due;
      }
    }),
    { numRuns: 150 },
  );
});

test('an at-most-daily expression never has two due times within 24 hours', () => {
  fc.assert(
    fc.property(expressions, (expression) => {
      const schedule = parseQuartz(expression);
      fc.pre(schedule.isAtMostDaily);
      const [first, second] = schedule.next(saturday, 2);
      if (first !== undefined && second !== undefined)
        expect(second.getTime() - first.getTime()).toBeGreaterThanOrEqual(86_400_000);
    }),
  );
});

test('any text at all is answered, never thrown at', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc
          .array(fc.stringMatching(/^[0-9*?LW#,/A-Z-]{1,6}$/), { minLength: 6, maxLength: 7 })
          .map((parts) => parts.join(' ')),
      ),
      (text) => {
        const schedule = parseQuartz(text);
        expect(schedule.ok).toBe(schedule.problems.length === 0);
      },
    ),
    { numRuns: 500 },
  );
});
