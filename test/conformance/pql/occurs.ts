import type { Corpus } from './case';

const changed = (name: string, modifyDate: string): Corpus['people'][number] => ({
  name,
  profile: { _repo: { modifyDate } },
});

/** `occurs` in all forms; people are called by the instant at which they changed. Source: docs/pql.md, "occurs". */
export const occurs: Corpus = {
  title: 'occurs',
  // A Friday.
  now: '2026-08-28T12:00:00Z',
  people: [
    changed('1999-12-31', '1999-12-31T23:59:59Z'),
    changed('2019-04-01', '2019-04-01T23:59:59Z'),
    changed('2019-04-02', '2019-04-02T00:00:00Z'),
    changed('jul-28', '2026-07-28T00:00:00Z'),
    changed('aug-23', '2026-08-23T23:59:59Z'),
    changed('aug-24', '2026-08-24T00:00:00Z'),
    changed('aug-27-12', '2026-08-27T12:00:00Z'),
    changed('midnight', '2026-08-28T00:00:00Z'),
    {
      ...changed('9:30', '2026-08-28T09:30:00Z'),
      events: [
        { timestamp: '2026-08-01T00:00:00Z', eventType: '2026-08-28T09:30:00Z' },
        { timestamp: '2026-08-02T00:00:00Z', eventType: 'no time' },
      ],
    },
    changed('11:30', '2026-08-28T11:30:00Z'),
    changed('now', '2026-08-28T12:00:00Z'),
    changed('13:00', '2026-08-28T13:00:00Z'),
    changed('aug-29', '2026-08-29T00:00:00Z'),
    changed('sep-01', '2026-09-01T00:00:00Z'),
    { name: 'never', profile: {} },
  ],
  cases: [
    {
      pql: '_repo.modifyDate occurs <= 30 minutes before now',
      matches: ['11:30', 'now'],
      sql: 'make_timestamp_ms(CAST($p0 AS BIGINT))',
    },
    { pql: '_repo.modifyDate occurs < 30 minutes before now', matches: [] },
    { pql: '_repo.modifyDate occurs < 31 minutes before now', matches: ['11:30'] },
    {
      pql: '_repo.modifyDate occurs >= 7 years before today',
      matches: ['1999-12-31', '2019-04-01', '2019-04-02'],
    },
    {
      pql: '_repo.modifyDate occurs > 1 month before today',
      matches: ['1999-12-31', '2019-04-01', '2019-04-02'],
    },
    {
      pql: '_repo.modifyDate occurs >= 1 month before today',
      matches: ['1999-12-31', '2019-04-01', '2019-04-02', 'jul-28'],
    },
    {
      pql: '_repo.modifyDate occurs <= 1 month before today',
      matches: ['jul-28', 'aug-23', 'aug-24', 'aug-27-12'],
    },
    { pql: '_repo.modifyDate occurs < 1 month before today', matches: ['aug-23', 'aug-24', 'aug-27-12'] },
    { pql: '_repo.modifyDate occurs = 3 hours before now', matches: ['9:30'] },
    { pql: '_repo.modifyDate occurs = 1 day before today', matches: ['aug-27-12'] },
    { pql: '_repo.modifyDate occurs = 1 day before now', matches: ['aug-27-12'] },
    {
      pql: '_repo.modifyDate occurs != 1 day before today',
      matches: ['1999-12-31', '2019-04-01', '2019-04-02', 'jul-28', 'aug-23', 'aug-24'],
    },
    {
      pql: '_repo.modifyDate occurs after date(2026, 8, 27)',
      matches: ['midnight', '9:30', '11:30', 'now', '13:00', 'aug-29', 'sep-01'],
    },
    { pql: '_repo.modifyDate occurs after now', matches: ['13:00', 'aug-29', 'sep-01'] },
    { pql: '_repo.modifyDate occurs before date(2019, 4, 2)', matches: ['1999-12-31', '2019-04-01'] },
    { pql: '_repo.modifyDate occurs on date(2019, 4, 1)', matches: ['2019-04-01'] },
    { pql: '_repo.modifyDate occurs date(2019, 4, 1)', matches: ['2019-04-01'] },
    { pql: '_repo.modifyDate occurs on now', matches: ['now'] },
    { pql: '_repo.modifyDate occurs on "2019-04-02T02:00:00+02:00"', matches: ['2019-04-02'] },
    { pql: '_repo.modifyDate occurs yesterday', matches: ['aug-27-12'] },
    { pql: '_repo.modifyDate occurs tomorrow', matches: ['aug-29'] },
    { pql: '_repo.modifyDate occurs today', matches: ['midnight', '9:30', '11:30', 'now', '13:00'] },
    {
      pql: '_repo.modifyDate occurs this week',
      matches: ['aug-24', 'aug-27-12', 'midnight', '9:30', '11:30', 'now', '13:00', 'aug-29'],
    },
    { pql: '_repo.modifyDate occurs last week', matches: ['aug-23'] },
    { pql: '_repo.modifyDate occurs next month', matches: ['sep-01'] },
    { pql: '_repo.modifyDate occurs last decade', matches: ['2019-04-01', '2019-04-02'] },
    { pql: '_repo.modifyDate occurs last century', matches: ['1999-12-31'] },
    { pql: '_repo.modifyDate occurs last millennium', matches: ['1999-12-31'] },
    { pql: '_repo.modifyDate occurs this hour', matches: ['now'] },
    {
      pql: '_repo.modifyDate occurs between date(2019, 4, 2) and date(2026, 8, 24)',
      matches: ['2019-04-02', 'jul-28', 'aug-23', 'aug-24'],
    },
    { pql: '_repo.modifyDate occurs between today and now', matches: ['midnight', '9:30', '11:30', 'now'] },
    {
      pql: '_repo.modifyDate occurs between last month and yesterday',
      matches: ['jul-28', 'aug-23', 'aug-24', 'aug-27-12'],
    },
    {
      pql: '_repo.modifyDate occurs between date(currentYear() - 7, 4, 1) and date(currentYear() - 7, 12, 31)',
      matches: ['2019-04-01', '2019-04-02'],
    },
    { pql: '_repo.modifyDate occurs < 1 hour after now', matches: [] },
    { pql: '_repo.modifyDate occurs <= 1 hour after now', matches: ['13:00'] },
    { pql: '_repo.modifyDate occurs < 3 days after today', matches: ['aug-29'] },
    { pql: '_repo.modifyDate occurs > 2 days after today', matches: ['sep-01'] },
    { pql: '_repo.modifyDate occurs >= 3 days after today', matches: ['sep-01'] },
    { pql: '_repo.modifyDate occurs = 1 day after today', matches: ['aug-29'] },
    { pql: '_repo.modifyDate occurs != 1 day after today', matches: ['sep-01'] },
    { pql: '_repo.modifyDate occurs <= 30 minutes from now', matches: ['11:30', 'now'] },
    {
      pql: '_repo.modifyDate occurs < 2 days from today',
      matches: ['aug-27-12', 'midnight', '9:30', '11:30', 'now', '13:00', 'aug-29'],
    },
    {
      pql: '_repo.modifyDate occurs > 60 days from now',
      matches: ['1999-12-31', '2019-04-01', '2019-04-02'],
    },
    { pql: '_repo.modifyDate occurs = 1 day from today', matches: ['aug-27-12', 'aug-29'] },
    { pql: 'not(_repo.modifyDate occurs != 1 day from today)', matches: ['aug-27-12', 'aug-29', 'never'] },
    {
      pql: '_repo.modifyDate occurs on _repo.modifyDate and _repo.modifyDate occurs tomorrow',
      matches: ['aug-29'],
    },
    {
      pql: '_repo.modifyDate occurs <= 9999999999 years before now',
      matches: [
        '1999-12-31',
        '2019-04-01',
        '2019-04-02',
        'jul-28',
        'aug-23',
        'aug-24',
        'aug-27-12',
        'midnight',
        '9:30',
        '11:30',
        'now',
      ],
    },
    {
      pql: 'not(_repo.modifyDate occurs before now)',
      matches: ['now', '13:00', 'aug-29', 'sep-01', 'never'],
    },
    {
      pql: 'date(2024, 3, 1) occurs <= 1 month after date(2024, 1, 31) and _repo.modifyDate occurs tomorrow',
      matches: ['aug-29'],
    },
    { pql: '"2024-03-01T00:00:01Z" occurs <= 1 month after date(2024, 1, 31)', matches: [] },
    {
      pql: '_repo.modifyDate occurs < _repo.modifyDate.getMonth() months after date(2026, 2, 28)',
      matches: [
        'jul-28',
        'aug-23',
        'aug-24',
        'aug-27-12',
        'midnight',
        '9:30',
        '11:30',
        'now',
        '13:00',
        'aug-29',
        'sep-01',
      ],
    },
    { pql: '_repo.modifyDate occurs < 1 day after _repo.createDate', matches: [] },
    {
      pql: '_repo.modifyDate occurs on ["2026-08-28T09:30:00Z", _repo.createDate, 1787961600000]',
      matches: ['9:30', 'aug-29'],
    },
    { pql: '_repo.modifyDate occurs on xEvent.eventType', matches: ['9:30'] },
    { pql: 'xEvent.eventType occurs on _repo.modifyDate', matches: ['9:30'] },
    {
      pql: '_repo.modifyDate occurs between if(_repo.createDate, xEvent.timestamp, xEvent.eventType) and now',
      matches: ['9:30'],
    },
    {
      pql: '_repo.modifyDate occurs < 1 day after if(_repo.modifyDate, xEvent.eventType, xEvent.timestamp)',
      matches: [],
    },
    {
      pql: '_repo.modifyDate occurs = 0 days before _repo.modifyDate and _repo.modifyDate occurs = 0 centuries before _repo.modifyDate and _repo.modifyDate occurs tomorrow',
      matches: ['aug-29'],
    },
  ],
};
