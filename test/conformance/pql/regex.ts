import type { Corpus } from './case';

/** Regular expressions. Source: docs/pql.md, "Regular expressions". */
export const regex: Corpus = {
  title: 'regular expressions',
  now: '2026-08-28T12:00:00Z',
  people: [
    {
      name: 'john',
      profile: {
        person: { firstName: 'UpJohn', favoriteColors: ['red', 'dark-green'], age: 42 },
        emailAddress: 'up.john@mit.edu',
        homeAddress: { city: 'Zürich', street1: 'line\nbreak' },
      },
      events: [{ eventType: 'web.view.42' }, { eventType: 'buy' }],
    },
    {
      name: 'jane',
      profile: {
        person: { firstName: 'jOHN', favoriteColors: [] },
        emailAddress: '@x',
        homeAddress: { city: '', street1: 'a\r' },
      },
      events: [{ eventType: 'web.view.7' }],
    },
    { name: 'none' },
  ],
  cases: [
    // Search, not the whole text.
    { pql: 'person.firstName matches "J.hn"', matches: ['john'] },
    { pql: 'person.firstName.matches("J.hn")', matches: ['john'] },
    { pql: 'person.firstName.matches("(?i)^John")', matches: ['jane'] },
    { pql: 'person.firstName.matches("(?i)john$")', matches: ['john', 'jane'] },
    { pql: 'person.firstName matches ""', matches: ['john', 'jane'] },
    { pql: 'not(person.firstName matches "J")', matches: ['jane', 'none'] },
    { pql: 'homeAddress.city matches "^Z.rich$"', matches: ['john'] },
    { pql: 'homeAddress.city matches "^Z\\\\wrich"', matches: [] },
    { pql: 'homeAddress.city matches "^\\\\p{Lu}\\\\p{IsLatin}+$"', matches: ['john'] },
    // "." is anything but \n, "$" the very end.
    { pql: 'homeAddress.street1 matches "line.break"', matches: [] },
    { pql: 'homeAddress.street1 matches "(?s)line.break"', matches: ['john'] },
    { pql: 'homeAddress.street1 matches "line$"', matches: [] },
    { pql: 'homeAddress.street1 matches "(?m)line$"', matches: ['john'] },
    { pql: 'homeAddress.street1 matches "^a.$"', matches: ['jane'] },
    // Lists: any element.
    { pql: 'person.favoriteColors matches "green"', matches: ['john'] },
    { pql: 'xEvent.eventType matches "\\\\.\\\\d{2}$"', matches: ['john'] },
    { pql: 'xEvent[eventType matches "^web\\\\."].count() = 1', matches: ['john', 'jane'] },
    { pql: 'null matches "a" or person.gender matches "a"', matches: [] },
    // Groups.
    { pql: 'emailAddress.regexGroup("@(\\\\w+)", 1) = "mit"', matches: ['john'] },
    { pql: 'emailAddress.regexGroup("@(\\\\w+)", 0) = "@mit"', matches: ['john'] },
    { pql: 'emailAddress.regexGroup("(?<user>.*)@(\\\\w+)", 2) = "x"', matches: ['jane'] },
    { pql: 'xEvent.eventType.regexGroup("(\\\\d+)$", 1) > "5"', matches: ['jane'] },
    // No match is null, a group that took no part too, an empty match is "".
    { pql: 'emailAddress.regexGroup("#", 0).isNull()', matches: ['john', 'jane', 'none'] },
    { pql: 'emailAddress.regexGroup("(up)?\\\\.?(john)?@", 1).isNull()', matches: ['jane', 'none'] },
    { pql: 'emailAddress.regexGroup("^([a-z.]*)@", 1) = ""', matches: ['jane'] },
    { pql: 'homeAddress.city.regexGroup("(Z*)?$", 1) = ""', matches: ['john', 'jane'] },
    { pql: 'homeAddress.city.regexGroup("^(?:(Z)|(q*))", 2) = ""', matches: ['jane'] },
    // More groups than the engine counts.
    { pql: `emailAddress.regexGroup("${'()'.repeat(11)}(u.)", 12) = "up"`, matches: ['john'] },
  ],
};
