/** One thing that was looked at: what was seen, and how to mend it where it is wrong. */
export interface Finding {
  readonly check: string;
  readonly ok: boolean;
  readonly seen: string;
  readonly mend?: string;
}
