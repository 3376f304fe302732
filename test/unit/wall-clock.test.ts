import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { wallClock } from '../../adapters/action/job-face.ts';

/** zone, instant, what the clock on the wall shows */
const READINGS: readonly (readonly [string, string, string])[] = [
  ['Asia/Shanghai', '2017-10-10T07:23:56.999Z', '2017-10-10 15:23:56'],
  ['Asia/Shanghai', '2017-12-31T16:00:00Z', '2018-01-01 00:00:00'],
  ['UTC', '2024-02-29T00:00:00Z', '2024-02-29 00:00:00'],
  ['UTC', '2024-02-29T23:59:59.999Z', '2024-02-29 23:59:59'],
  ['Asia/Kathmandu', '2024-01-01T00:00:00Z', '2024-01-01 05:45:00'],
  ['America/St_Johns', '2024-01-01T00:00:00Z', '2023-12-31 20:30:00'],
  // The hour that does not exist, and the one that comes twice.
  ['America/New_York', '2024-03-10T06:59:59Z', '2024-03-10 01:59:59'],
  ['America/New_York', '2024-03-10T07:00:00Z', '2024-03-10 03:00:00'],
  ['America/New_York', '2024-11-03T05:30:00Z', '2024-11-03 01:30:00'],
  ['America/New_York', '2024-11-03T06:30:00Z', '2024-11-03 01:30:00'],
  ['Europe/Berlin', '2024-03-31T00:59:59Z', '2024-03-31 01:59:59'],
  ['Europe/Berlin', '2024-03-31T01:00:00Z', '2024-03-31 03:00:00'],
  // Summer time of half an hour.
  ['Australia/Lord_Howe', '2024-04-06T14:59:59Z', '2024-04-07 01:59:59'],
  ['Australia/Lord_Howe', '2024-04-06T15:00:00Z', '2024-04-07 01:30:00'],
  ['Pacific/Kiritimati', '2024-01-01T10:00:00Z', '2024-01-02 00:00:00'],
];

describe('the clock on the wall', () => {
  for (const [zone, instant, wall] of READINGS) {
    it(`shows ${wall} in ${zone} at ${instant}`, () => {
      assert.equal(wallClock(zone)(Date.parse(instant)), wall);
    });
  }

  it('shows at any time, in any zone, what the calendar of the runtime shows', () => {
    const time = fc.integer({ min: Date.UTC(1900, 0, 1), max: Date.UTC(2100, 0, 1) });
    for (const zone of Intl.supportedValuesOf('timeZone')) {
      const write = wallClock(zone);
      const format = new Intl.DateTimeFormat('sv-SE', {
        timeZone: zone,
        dateStyle: 'short',
        timeStyle: 'medium',
      });
      fc.assert(
        fc.property(time, (at) => assert.equal(write(at), format.format(at))),
        { numRuns: 30 },
      );
    }
  });

  it('shows the same whatever zone the process is in', () => {
    const { TZ } = process.env;
    try {
      for (const zone of ['Asia/Tokyo', 'America/Los_Angeles', 'UTC']) {
        process.env.TZ = zone;
        assert.equal(wallClock('Asia/Shanghai')(Date.parse('2017-10-10T07:23:56Z')), '2017-10-10 15:23:56');
      }
    } finally {
      if (TZ === undefined) delete process.env.TZ;
      else process.env.TZ = TZ;
    }
  });
});
