import { toUpstreamError } from '../../../src/datasources/upstream-answer';
import { readProblem } from '../../../src/datasources/problem-reader';

const million = 1_000_000;

describe('readProblem', () => {
  it('reads a megabyte of capitals as a type in no time', () => {
    const startedMs = performance.now();
    expect(readProblem({ type: 'A'.repeat(million), title: 'No' }).errorCode).toBeNull();
    expect(performance.now() - startedMs).toBeLessThan(100);
  });
});

describe('the error of an answer', () => {
  const internals = 'host db-7.internal.adobe.net:5432 at com.adobe.Foo(Foo.java:12)';
  const answered = (status: number, body: unknown) =>
    toUpstreamError({ service: 'segmentation', status, body, retryAfter: { kind: 'none' }, requestId: null });

  it.each([500, 502, 503])('%i tells the title and code of a failure, and nothing else of it', (status) => {
    const item = { code: 'E', message: internals };
    const error = answered(status, {
      title: 'No service',
      detail: internals,
      errors: [item],
      error_code: 'X1',
    });
    expect(error).toMatchObject({ title: 'No service', errorCode: 'X1', problems: [] });
    expect(error.message).toMatch(/^The segmentation service .* \(50\d\): No service$/);
    expect(answered(status, { message: 'We are down' }).message).toMatch(/\(50\d\)$/);
  });

  it('keeps the other words of a failure for the log', () => {
    expect(answered(503, { message: 'We are down' }).cause).toEqual(
      new Error('The upstream said: We are down'),
    );
  });

  it('of a refusal tells what is wrong, without what is the upstream’s own affair', () => {
    const error = answered(400, { title: `No, ${internals}`, detail: `Bad id, ${internals}` });
    expect(error.message).toBe(
      'The segmentation service rejected the request (400): Bad id, host [address] [stack]',
    );
    expect(error.title).toBe('No, host [address] [stack]');
  });
});
