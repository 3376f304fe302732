import type { Report } from './report.ts';

/** Under these a run proves nothing: a cache that is never hit cannot lie. */
const FLOORS = {
  readsPerSecond: 250,
  writesPerRead: 0.03,
  calmHits: 0.4,
  faultHits: 0.08,
  calmNewestHits: 0.3,
  faultNewestHits: 0.05,
} as const;
/** Acknowledged writes of each kind, in a second. */
const KINDS_PER_SECOND = {
  'created jobs': 0.5,
  'hidden jobs': 0.5,
  'replaced jobs': 1,
  'hidden sessions': 0.2,
} as const;

/** What a run lacks to prove anything, in words. */
export function findWeaknesses(report: Report, seconds: number): string[] {
  const { reads, writes, calmHits, faultHits, calmNewestHits, faultNewestHits } = report;
  const weaknesses: string[] = [];
  const least = (what: string, is: number, floor: number): void => {
    if (is < floor) weaknesses.push(`${what}: ${is.toFixed(3)}, the floor is ${floor}`);
  };
  least('reads per second', reads / seconds, FLOORS.readsPerSecond);
  least('acknowledged writes per read', writes / Math.max(reads, 1), FLOORS.writesPerRead);
  least('share of hits without a fault', calmHits, FLOORS.calmHits);
  least('share of hits under faults', faultHits, FLOORS.faultHits);
  least('share of hits of the newest job without a fault', calmNewestHits, FLOORS.calmNewestHits);
  least('share of hits of the newest job under faults', faultNewestHits, FLOORS.faultNewestHits);
  for (const [kind, floor] of Object.entries(KINDS_PER_SECOND)) {
    least(`${kind} per second`, (report.kinds[kind] ?? 0) / seconds, floor);
  }
  return weaknesses;
}
