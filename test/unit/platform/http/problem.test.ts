import {
  DiskFull,
  InvalidRequest,
  ResourceNotFound,
  StoreUnavailable,
} from '../../../../src/errors/platform-error';
import { toProblem } from '../../../../src/platform/http/problem';
import { Refusal } from '../../../../src/platform/http/refusal';

const ups = { path: '/data/core/ups/segment/jobs', requestId: 'r1' };

test('an error of ours is a 500 that tells nothing of itself', () => {
  const problem = toProblem(new TypeError('SELECT secret FROM profile'), ups);
  expect([problem.status, problem.isOurs]).toEqual([500, true]);
  expect(JSON.stringify(problem.body)).not.toMatch(/secret|TypeError/);
});

test.each([
  ['/data/core/ups/segment/jobs/x', { errors: { '404': [{ code: 'RESOURCE_NOT_FOUND' }] }, requestId: 'r1' }],
  ['/data/core/activation/authoring/v1/audience-templates/x', { errors: { '404': [{}] } }],
  ['/data/core/ups/access/entities', { statusCode: '404' }],
  ['/data/foundation/catalog/dataSets/x', { title: 'NotFoundError', status: 404 }],
  ['/data/foundation/import/batches/x', { title: 'NotFoundError', status: 404 }],
])('the family follows from the path %s', (path, body) => {
  const problem = toProblem(new ResourceNotFound('thing', 'x'), { path, requestId: 'r1' });
  expect([problem.status, problem.body]).toMatchObject([404, body]);
});

test('what the gateway in front checks is of family A wherever it is', () => {
  const refusal = new Refusal({ family: 'A', status: 403, code: '403000', message: 'Api Key is required' });
  expect(toProblem(refusal, ups).body).toEqual({ error_code: '403000', message: 'Api Key is required' });
});

test('every fault of a body is an item', () => {
  const faults = [
    { path: 'name', message: 'must be there' },
    { path: '', message: 'must not hold x' },
  ];
  expect(toProblem(new InvalidRequest('wrong', faults), ups).body).toMatchObject({
    errors: { '400': [{ message: 'name must be there' }, { message: 'The body must not hold x' }] },
  });
});

test('several faults are one sentence where a body has one detail', () => {
  const faults = [
    { path: 'entity', message: 'must be profile or event' },
    { path: 'path', message: 'must be there' },
    { path: 'type', message: 'must be a type: string, or a list.' },
  ];
  const { body } = toProblem(new InvalidRequest('wrong', faults), {
    path: '/audience/fields',
    requestId: 'r1',
  });
  expect(body).toMatchObject({
    detail: 'entity must be profile or event; path must be there; type must be a type: string, or a list.',
  });
});

test('a full disk is a 507 and a store that is gone a 503 with a time to come back', () => {
  expect(toProblem(new DiskFull('The disk is full.'), ups).status).toBe(507);
  const problem = toProblem(new StoreUnavailable('closed', 'The store is closed.'), ups);
  expect([problem.status, problem.headers]).toEqual([503, { 'retry-after': '5' }]);
});
