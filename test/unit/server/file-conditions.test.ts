import { judgeConditions } from '../../../src/server/file-conditions';

const before = 'Mon, 01 Jan 2024 00:00:00 GMT';
const then = 'Tue, 02 Jan 2024 00:00:00 GMT';
const after = 'Wed, 03 Jan 2024 00:00:00 GMT';
const file = { status: 200, headers: { etag: '"v1"', 'last-modified': then } };

test.each([
  [{}, null],
  [{ 'if-match': '"v1"' }, null],
  [{ 'if-match': '*' }, null],
  [{ 'if-match': '"v0", "v2"' }, 412],
  [{ 'if-match': 'W/"v1"' }, 412],
  [{ 'if-match': '"v1"', 'if-unmodified-since': before }, null],
  [{ 'if-unmodified-since': before }, 412],
  [{ 'if-unmodified-since': then }, null],
  [{ 'if-unmodified-since': 'soon' }, null],
  [{ 'if-none-match': 'W/"v1"' }, 304],
  [{ 'if-none-match': '*' }, 304],
  [{ 'if-none-match': '"v0"', 'if-modified-since': after }, null],
  [{ 'if-modified-since': before }, null],
  [{ 'if-modified-since': then }, 304],
  [{ 'if-modified-since': after }, 304],
  [{ 'if-modified-since': '7' }, null],
  [{ 'if-match': '"v0"', 'if-none-match': '"v1"' }, 412],
])('of a file with a tag and a date, %j comes to %j', (asked, judged) => {
  expect(judgeConditions(asked, file)).toBe(judged);
});

test.each([
  [{ 'if-match': '"v1"' }, 412],
  [{ 'if-none-match': '"v1"' }, null],
  [{ 'if-unmodified-since': before }, null],
  [{ 'if-modified-since': after }, null],
])('of a file with neither, %j comes to %j', (asked, judged) => {
  expect(judgeConditions(asked, { status: 200, headers: {} })).toBe(judged);
});
