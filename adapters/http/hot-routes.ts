import type { restRoutes } from '../rest/answer.ts';

type Bound = ReturnType<typeof restRoutes>[number];

/** A route that fits, and what stands in its path. */
export interface HotMatch extends Bound {
  readonly params: Readonly<Record<string, string>>;
}

const NO_PARAMS: Readonly<Record<string, string>> = {};

/**
 * Matches the routes that the bindings call `hot`, by a look into a map and at most one comparison of a prefix. What it
 * does not know for certain, such as an id with escaped letters, it leaves to the router.
 */
export function matchHotRoutes(
  routes: readonly Bound[],
): (method: string, path: string) => HotMatch | undefined {
  const exact = new Map<string, HotMatch[]>();
  const open: (Bound & { readonly prefix: string; readonly name: string })[] = [];
  /** Paths that a path with a parameter would match too. */
  const fixed = new Set(
    routes.filter(({ route }) => !route.path.includes(':')).map(({ route }) => route.path),
  );
  for (const bound of routes) {
    const { hot, path } = bound.route;
    if (!hot) continue;
    const [prefix = '', name, ...more] = path.split(':');
    if (name === undefined) exact.set(path, [...(exact.get(path) ?? []), { ...bound, params: NO_PARAMS }]);
    else if (more.length === 0 && !name.includes('/')) open.push({ ...bound, prefix, name });
    else throw new Error(`${path} has too many parameters to be a hot route`);
  }
  return (method, path) => {
    if (fixed.has(path)) return exact.get(path)?.find(({ route }) => route.method === method);
    for (const { operation, route, prefix, name } of open) {
      if (method !== route.method || !path.startsWith(prefix)) continue;
      const value = path.slice(prefix.length);
      if (/^[A-Za-z0-9-]+$/.test(value)) return { operation, route, params: { [name]: value } };
    }
    return undefined;
  };
}
