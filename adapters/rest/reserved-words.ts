import { restRoutes } from './answer.ts';

/**
 * The fixed words that stand in some path where another has this property: a thing with such a name could not be reached
 * by its path.
 */
export function reservedWords(property: string): ReadonlySet<string> {
  const paths = restRoutes().map(({ route }) => route.path.split('/'));
  const before = paths.flatMap((path) => {
    const place = path.indexOf(`:${property}`);
    return place < 0 ? [] : [path.slice(0, place)];
  });
  return new Set(
    before.flatMap((segments) =>
      paths.flatMap((path) => {
        const word = path[segments.length];
        const fits = segments.every((segment, index) => path[index] === segment);
        return fits && word !== undefined && !word.startsWith(':') ? [word] : [];
      }),
    ),
  );
}
