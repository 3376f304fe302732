/** Where progress is shown. */
export type Screen = Pick<NodeJS.WriteStream, 'write'> & { readonly isTTY?: boolean };

/** How far a long command has come, told on a screen of its own, so that standard output stays the answer's. */
export interface Progress {
  /** @param part how much of all is done, from 0 to 1, where that is known */
  at(done: number, part?: number): void;
  /** Says something that stays. */
  say(line: string): void;
  end(): void;
}

/** A terminal is drawn anew so often; elsewhere a line is written so often. In ms. */
const REDRAW = 100;
const TELL = 5_000;
const WIDTH = 24;
const CLEAR = '\r\x1b[K';

/**
 * A bar on a terminal; elsewhere a line now and then.
 * @param what is counted, such as `lines`
 */
export function startProgress(screen: Screen, what: string, now: () => number = Date.now): Progress {
  const startedAt = now();
  const every = screen.isTTY ? REDRAW : TELL;
  let toldAt = startedAt;
  let drawn = '';
  return {
    at(done, part) {
      if (now() - toldAt < every) return;
      toldAt = now();
      drawn = describe(what, done, part, toldAt - startedAt);
      screen.write(screen.isTTY ? CLEAR + drawn : `${drawn}\n`);
    },
    say(line) {
      screen.write(screen.isTTY && drawn ? `${CLEAR}${line}\n${drawn}` : `${line}\n`);
    },
    end() {
      if (screen.isTTY && drawn) screen.write(CLEAR);
      drawn = '';
    },
  };
}

function describe(what: string, done: number, part: number | undefined, ms: number): string {
  const rate = Math.round((done * 1000) / Math.max(ms, 1));
  const told = `${done.toLocaleString('en')} ${what}, ${rate.toLocaleString('en')}/s`;
  if (part === undefined) return told;
  const full = Math.round(part * WIDTH);
  return `[${'#'.repeat(full)}${'-'.repeat(WIDTH - full)}] ${Math.floor(part * 100)} %, ${told}`;
}
