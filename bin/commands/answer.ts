/** Prints what a command answers: one JSON value with `--json`, else lines for people. */
export function printAnswer(json: boolean | undefined, value: unknown, lines: readonly string[]): void {
  process.stdout.write(json ? `${JSON.stringify(value)}\n` : lines.map((line) => `${line}\n`).join(''));
}
