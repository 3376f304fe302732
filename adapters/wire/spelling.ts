/** `jobType` → `job_type`: names and declared words only, never data. */
export function toSnake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The names are camelCase in the core already; REST bodies spell them so. */
export function toCamel(name: string): string {
  return name;
}
