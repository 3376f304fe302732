import { objectText } from '../wire/free-json.ts';

/** One parameter below another one: `resources.node_ids.1=n-1` is `"n-1"` at `node_ids`, `1`. */
export interface NestedValue {
  readonly path: readonly string[];
  /** JSON, as it was written where it was. */
  readonly text: string;
}

/** Nobody nests parameters deeper. */
const DEPTH_MOST = 20;

type Tree = Map<string, Tree | string>;

/**
 * The JSON object that nested parameters describe, as text. Members that are all numbered are a list, in the order
 * of their numbers, from wherever they begin; all others keep the order in which they were sent.
 * @returns undefined where two of them contradict each other, or one is too deep
 */
export function nestedText(values: readonly NestedValue[]): string | undefined {
  const root: Tree = new Map();
  for (const { path, text } of values) {
    if (path.length > DEPTH_MOST || path.includes('')) return undefined;
    let tree = root;
    for (const name of path.slice(0, -1)) {
      const below = tree.get(name) ?? new Map<string, Tree | string>();
      if (typeof below === 'string') return undefined;
      tree.set(name, below);
      tree = below;
    }
    const last = path.at(-1) ?? '';
    if (tree.has(last)) return undefined;
    tree.set(last, text);
  }
  // Parts that are not too deep by themselves may be so together.
  return [...root.values()].every(isClear) ? objectText(writeObject(root)) : undefined;
}

function isList(tree: Tree): boolean {
  return [...tree.keys()].every((name) => /^\d{1,9}$/.test(name));
}

/** Whether no two members of a list have one place, as `1` and `01` have. */
function isClear(node: Tree | string): boolean {
  if (typeof node === 'string') return true;
  const places = new Set([...node.keys()].map(Number));
  return (places.size === node.size || !isList(node)) && [...node.values()].every(isClear);
}

function write(node: Tree | string): string {
  if (typeof node === 'string') return node;
  if (!isList(node)) return writeObject(node);
  const members = [...node].toSorted(([a], [b]) => Number(a) - Number(b));
  return `[${members.map(([, member]) => write(member)).join(',')}]`;
}

function writeObject(tree: Tree): string {
  return `{${[...tree].map(([name, member]) => `${JSON.stringify(name)}:${write(member)}`).join(',')}}`;
}
