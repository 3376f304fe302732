import { frame, writeDraft, type Draft, type Parameter, type Written } from './draft.ts';
import { HEADER_VALUES, HEADERS, JSONS, METHODS, NAMES, RAW, SEGMENTS, TEXTS } from './nasty.ts';

/** Numbers from 0 to 1. */
type Random = () => number;

/** What is sent, and whether it says by itself where it ends. */
export interface Hostile {
  readonly bytes: Buffer;
  /** A request that cannot be followed by another on its connection. */
  readonly alone: boolean;
  readonly head: boolean;
  readonly protocol: Draft['protocol'];
  readonly operation: string;
}

/** One part of a draft made bad. */
type Spoil = (draft: Draft, random: Random) => void;

export function pick<Item>(items: readonly Item[], random: Random): Item {
  return items[Math.floor(random() * items.length)] as Item;
}

const nastyParameter = (name: string, random: Random): Parameter => {
  const raw = random() < 0.2 ? { raw: pick(RAW, random) } : {};
  return { name, text: pick(TEXTS, random), json: pick(JSONS, random), ...raw };
};

/** Replaces a parameter at random, if there is one. */
const replaced = (draft: Draft, random: Random, by: (old: Parameter) => readonly Parameter[]): void => {
  const at = Math.floor(random() * draft.parameters.length);
  draft.parameters = draft.parameters.flatMap((each, index) => (index === at ? by(each) : [each]));
};

const SPOILS: readonly Spoil[] = [
  (draft, random) => replaced(draft, random, ({ name }) => [nastyParameter(name, random)]),
  (draft, random) => replaced(draft, random, ({ name }) => [nastyParameter(name, random)]),
  (draft, random) => replaced(draft, random, (old) => [{ ...old, text: mutateText(old.text, random) }]),
  (draft, random) => replaced(draft, random, (old) => [{ ...old, json: mutateText(old.json, random) }]),
  (draft, random) => replaced(draft, random, (old) => [old, old]),
  (draft, random) => replaced(draft, random, (old) => [old, nastyParameter(old.name, random)]),
  (draft, random) => replaced(draft, random, () => []),
  (draft, random) =>
    replaced(draft, random, (old) => [{ ...old, name: `${old.name}${pick(SUFFIXES, random)}` }]),
  (draft, random) => void draft.parameters.push(nastyParameter(pick(NAMES, random), random)),
  (draft, random) => {
    draft.parameters = draft.parameters.toSorted(() => random() - 0.5);
  },
  (draft, random) => void (draft.place = pick(['query', 'form', 'json'] as const, random)),
  (draft, random) => void (draft.method = pick(METHODS, random)),
  (draft, random) => {
    const parts = draft.path.split('/');
    parts[1 + Math.floor(random() * (parts.length - 1))] = pick(SEGMENTS, random);
    draft.path = parts.join('/');
  },
  (draft, random) => {
    draft.path = `${draft.path}${pick(['/', '//', '/x', '?', '#', '%20', '/..', ''], random)}`;
  },
  (draft, random) => void draft.headers.push([pick(HEADERS, random), pick(HEADER_VALUES, random)]),
  (draft, random) => {
    const at = Math.floor(random() * draft.headers.length);
    draft.headers = draft.headers.map(([name, value], index) =>
      index === at
        ? [name, random() < 0.5 ? pick(HEADER_VALUES, random) : mutateText(value, random)]
        : [name, value],
    );
  },
  (draft, random) => void draft.headers.splice(Math.floor(random() * draft.headers.length), 1),
];

const SUFFIXES = [
  '.1',
  '.0',
  '.01',
  '.99999999999',
  '.__proto__',
  '.',
  '..',
  '.a.b.1',
  '\0',
  '[]',
  '[0]',
  ' ',
];

/** A bad request made of a good one: a part or three of it spoiled, or some of its bytes. */
export function makeHostile(good: Draft, random: Random): Hostile {
  const draft: Draft = {
    ...good,
    parameters: [...good.parameters],
    headers: good.headers.map(([name, value]): [string, string] => [name, value]),
  };
  // Signed before it is spoiled as often as after: a signature that holds leads deeper.
  const signedFirst = draft.key !== undefined && random() < 0.5;
  if (signedFirst) {
    Object.assign(draft, parsePlace(draft));
    delete draft.key;
  }
  const parts = random() < 0.3 ? 0 : 1 + Math.floor(random() * 3);
  for (let part = 0; part < parts; part++) pick(SPOILS, random)(draft, random);
  const written = writeDraft(draft);
  const spoiled = parts === 0 || random() < 0.15 ? spoilBytes(written, random) : written;
  const told = { head: spoiled.method === 'HEAD', protocol: good.protocol, operation: good.operation };
  if (random() < 0.01)
    return { ...told, head: false, bytes: mutateBytes(frame(spoiled), random), alone: true };
  return { ...told, bytes: frame(tame(spoiled)), alone: false };
}

/** The draft with its signature as plain parameters. */
function parsePlace(draft: Draft): Pick<Draft, 'parameters'> {
  const { target, body } = writeDraft(draft);
  const text = draft.place === 'query' ? target.split('?')[1] : body.toString();
  const parameters = (text ?? '').split('&').map((raw): Parameter => {
    const [name = '', value = ''] = raw.split('=').map(decodeURIComponent);
    return { name, text: value, json: JSON.stringify(value) };
  });
  return { parameters };
}

function spoilBytes(written: Written, random: Random): Written {
  if (written.body.length > 0 && random() < 0.7) {
    return { ...written, body: mutateBytes(written.body, random) };
  }
  return { ...written, target: mutateText(written.target, random) };
}

/** Without what would end a header or its line early: such bytes go alone. */
function tame(written: Written): Written {
  // oxlint-disable-next-line no-control-regex -- those that HTTP does not have
  const target = written.target.replaceAll(/[\x00-\x20\x7f-\uffff]/g, '~');
  const headers = written.headers.map(
    // oxlint-disable-next-line no-control-regex -- those that HTTP does not have
    ([name, value]) => [name, value.replaceAll(/[\x00-\x08\x0a-\x1f\x7f\u0100-\uffff]/g, '~')] as const,
  );
  return { ...written, target: target.slice(0, 12_000), headers };
}

export function mutateBytes(bytes: Buffer, random: Random): Buffer {
  let mutated = bytes;
  const at = (): number => Math.floor(random() * mutated.length);
  for (let times = 1 + Math.floor(random() * 4); times > 0; times--) {
    const [from, to] = [at(), at()].toSorted((a, b) => a - b) as [number, number];
    const [before, rest] = [mutated.subarray(0, from), mutated.subarray(from)];
    const byte = Buffer.from([Math.floor(random() * 256)]);
    switch (Math.floor(random() * 6)) {
      case 0:
        mutated = Buffer.concat([before, byte, rest.subarray(1)]);
        break;
      case 1:
        mutated = Buffer.concat([before, Buffer.from(pick(BITS, random), 'latin1'), rest]);
        break;
      case 2:
        mutated = Buffer.concat([before, rest.subarray(1 + Math.floor(random() * 8))]);
        break;
      case 3:
        mutated = Buffer.concat([mutated.subarray(0, to), mutated.subarray(from)]).subarray(0, 60_000);
        break;
      case 4:
        mutated = mutated.subarray(0, to);
        break;
      default:
        mutated = Buffer.from(mutated);
        if (mutated.length > 0) mutated[from] = (mutated[from] ?? 0) ^ (1 << Math.floor(random() * 8));
    }
  }
  return mutated;
}

/** Pieces that mean something to parsers. */
const BITS = [
  '\0',
  '\r',
  '\n',
  '\r\n',
  '\r\n\r\n',
  '"',
  '\\',
  '{',
  '}',
  '[',
  ']',
  ':',
  ',',
  '%',
  '&',
  '=',
  '\xff',
];

function mutateText(text: string, random: Random): string {
  return mutateBytes(Buffer.from(text), random).toString('latin1');
}
