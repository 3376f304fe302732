/** A metric that an expression of Prometheus' language asks for. */
export interface Selector {
  readonly metric: string;
  readonly matchers: readonly { readonly label: string; readonly operator: string; readonly value: string }[];
}

const AGGREGATIONS = /\b(?:by|without|on|ignoring)\s*\(([^)]*)\)/g;
const SELECTOR = /\b([a-zA-Z_:][\w:]*)\b\s*(?:\{([^}]*)\})?(?!\s*\()/g;
const MATCHER = /(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"/g;
const OPERATORS = new Set(['and', 'or', 'unless', 'bool', 'sum', 'avg', 'min', 'max', 'count', 'topk']);

/** What an expression asks for, and the labels by which it groups. Enough of the language for our own expressions. */
export function readExpression(expression: string): { selectors: Selector[]; groupedBy: string[] } {
  const groupedBy = [...expression.matchAll(AGGREGATIONS)].flatMap(([, list = '']) =>
    list.split(',').map((label) => label.trim()),
  );
  const bare = expression.replaceAll(AGGREGATIONS, ' ').replaceAll(/\[[^\]]*\]/g, ' ');
  const selectors = [...bare.matchAll(SELECTOR)]
    .filter(([, name = '']) => !OPERATORS.has(name))
    .map(([, metric = '', inside = '']) => ({
      metric,
      matchers: [...inside.matchAll(MATCHER)].map(([, label = '', operator = '', value = '']) => ({
        label,
        operator,
        value,
      })),
    }));
  return { selectors, groupedBy };
}

/** What `/metrics` answers: the labels of each series, by the name of its metric. */
export function readSeries(text: string): ReadonlyMap<string, readonly Readonly<Record<string, string>>[]> {
  const series = new Map<string, Record<string, string>[]>();
  for (const [, name = '', labels = ''] of text.matchAll(/^(\w+)(?:\{(.*)\})? \S+$/gm)) {
    const pairs = [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, label, value]) => [label, value]);
    series.set(name, [...(series.get(name) ?? []), Object.fromEntries(pairs) as Record<string, string>]);
  }
  return series;
}
