import { noWords } from '../../../src/lib/plain-prose';
import { toUpstreamError } from '../../../src/datasources/upstream-answer';
import { readProblem } from '../../../src/datasources/problem-reader';

const million = 1_000_000;

describe('readProblem', () => {
  // A square of a million steps would take the better part of an hour.
  it('reads a megabyte of capitals as a type in one go', () => {
    expect(readProblem({ type: 'A'.repeat(million), title: 'No' }, noWords).errorCode).toBeNull();
  });
});

describe('the error of an answer', () => {
  const internals = 'host db-7.internal.adobe.net:5432 at com.adobe.Foo(Foo.java:12)';
  const answered = (status: number, body: unknown) =>
    toUpstreamError({ service: 'segmentation', status, body, retryAfter: { kind: 'none' }, requestId: null });

  it.each([500, 502, 503])('%i tells the code of a failure, and nothing else of it', (status) => {
    const item = { code: 'E', message: internals };
    const error = answered(status, {
      title: 'No service',
      detail: internals,
      errors: [item],
      error_code: 'EXEG-0001-500',
    });
    expect(error).toMatchObject({ title: null, errorCode: 'EXEG-0001-500', problems: [] });
    expect(error.message).toMatch(/^The segmentation service .* \(50\d\)$/);
    expect(answered(status, { message: 'We are down' }).message).toMatch(/\(50\d\)$/);
  });

  it('keeps the other words of a failure for the log', () => {
    expect(answered(503, { message: 'We are down' }).cause).toEqual(
      new Error('The upstream said: We are down'),
    );
  });

  it('of a refusal tells what is wrong in its own words where they are plain', () => {
    const error = answered(400, { title: 'Bad request', detail: 'The schema must be there.' });
    expect(error.message).toBe(
      'The segmentation service rejected the request (400): The schema must be there.',
    );
    expect(error.title).toBe('Bad request');
  });

  it('of a refusal in other words tells only that it is one, and keeps the plain ones for the log', () => {
    const error = answered(400, { title: `No, ${internals}`, detail: `Bad id, ${internals}` });
    expect(error).toMatchObject({
      message: 'The segmentation service rejected the request (400)',
      title: null,
      cause: new Error('The upstream said: Bad id, host […] at […]'),
    });
  });
});
