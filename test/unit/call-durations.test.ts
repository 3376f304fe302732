import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { Histogram, Registry } from 'prom-client';
import { createCallDurations } from '../../adapters/http/call-durations.ts';

const NAME = 'call_duration_seconds';
const HELP = 'Calls, from the request to the answer.';
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** What calls are shown as by the registry's own histogram, and by ours. */
async function show(
  calls: readonly (readonly [string, string, string, number])[],
): Promise<[string, string]> {
  const [theirs, ours] = [new Registry(), new Registry()];
  const histogram = new Histogram({
    name: NAME,
    help: HELP,
    labelNames: ['protocol', 'operation', 'outcome'],
    buckets: BUCKETS,
    registers: [theirs],
  });
  const durations = createCallDurations(NAME, HELP);
  ours.registerMetric(durations.metric);
  for (const [protocol, operation, outcome, seconds] of calls) {
    histogram.labels(protocol, operation, outcome).observe(seconds);
    durations.note(protocol, operation, outcome, seconds);
  }
  return [await theirs.metrics(), await ours.metrics()];
}

describe('the histogram of calls', () => {
  it('shows what the one of the registry shows, whatever was noted', async () => {
    const seconds = fc.oneof(
      fc.constantFrom(0, 5.000001, ...BUCKETS),
      fc.double({ min: 0, max: 20, noNaN: true }),
    );
    const call = fc.tuple(
      fc.constantFrom('rest', 'action'),
      fc.constantFrom('get-job', 'list-jobs', 'unknown'),
      fc.constantFrom('ok', 'internal'),
      seconds,
    );
    await fc.assert(
      fc.asyncProperty(fc.array(call, { maxLength: 40 }), async (calls) => {
        const [theirs, ours] = await show(calls);
        assert.equal(ours, theirs);
      }),
    );
  });
});
