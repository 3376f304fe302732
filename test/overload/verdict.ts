/** A figure, and what it has to be. */
export interface Verdict {
  readonly what: string;
  readonly is: number;
  readonly least?: number;
  readonly most?: number;
}

export function holds({ is, least = -Infinity, most = Infinity }: Verdict): boolean {
  return is >= least && is <= most;
}

export function tell(verdict: Verdict): string {
  const { what, is, least, most } = verdict;
  const bound = least === undefined ? `at most ${most}` : `at least ${least}`;
  return `${holds(verdict) ? 'holds ' : 'BROKEN'}  ${what}: ${Number(is.toFixed(2))} (${bound})`;
}
