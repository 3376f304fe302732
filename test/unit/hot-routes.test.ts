import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { matchHotRoutes } from '../../adapters/http/hot-routes.ts';
import { restRoutes } from '../../adapters/rest/answer.ts';

const match = matchHotRoutes(restRoutes());

describe('hot routes', () => {
  for (const [method, path, operation, params] of [
    ['GET', '/v1/jobs', 'describe-jobs', {}],
    ['GET', '/v1/jobs/latest', 'describe-latest-job', {}],
    ['GET', '/v1/jobs/j-68mbPHJU', 'describe-job', { jobId: 'j-68mbPHJU' }],
    ['GET', '/v1/jobs/anything', 'describe-job', { jobId: 'anything' }],
    ['POST', '/v1/jobs', 'create-job', {}],
    ['PATCH', '/v1/jobs/j-68mbPHJU', 'report-job', { jobId: 'j-68mbPHJU' }],
  ] as const) {
    it(`know ${method} ${path}`, () => {
      const found = match(method, path);
      assert.deepEqual([found?.operation, found?.params], [operation, params]);
    });
  }

  for (const [method, path] of [
    ['POST', '/v1/jobs/'],
    ['PUT', '/v1/jobs/j-68mbPHJU'],
    ['PATCH', '/v1/jobs/latest'],
    ['HEAD', '/v1/jobs/j-68mbPHJU'],
    ['GET', '/v1/jobs/'],
    ['GET', '/v1/jobs/j-68mbPHJU/'],
    ['GET', '/v1/jobs/j-68mbPHJU/timeline'],
    ['GET', '/v1/jobs/j%2D68mbPHJU'],
    ['GET', '/V1/jobs/j-68mbPHJU'],
    ['DELETE', '/v1/jobs/latest'],
    ['GET', '/v1/auth'],
  ] as const) {
    it(`leave ${method} ${path} to the router`, () => assert.equal(match(method, path), undefined));
  }

  it('are those that the bindings name, and every one of them is matched', () => {
    for (const { operation, route } of restRoutes()) {
      const path = route.path.replace(/:\w+/, 'j-68mbPHJU');
      assert.equal(match(route.method, path)?.operation === operation, route.hot === true, route.path);
    }
  });
});
