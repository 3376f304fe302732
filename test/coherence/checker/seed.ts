/** Another one each day, so that runs add up; the output names it. */
export const SEED = Number(process.env['CHECK_SEED'] ?? Math.floor(Date.now() / 86_400_000));
