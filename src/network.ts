const GROUPS_OF_NETWORK = 4;
const GROUPS = 8;

/**
 * What limits go by in place of an address: of IPv6 the network of 64 bits, which one household is given whole and can
 * take any address of; of IPv4 the address.
 * @param address as text, in any of its spellings
 */
export function networkOf(address: string): string {
  const [bare = ''] = address.split('%', 1);
  const mapped = /^::ffff:(\d+(?:\.\d+){3})$/i.exec(bare)?.[1];
  if (mapped !== undefined) return mapped;
  if (!bare.includes(':')) return bare;
  const [head = [], tail] = bare.split('::').map((part) => (part === '' ? [] : part.split(':')));
  const left = [...head];
  if (tail) {
    while (left.length + tail.length < GROUPS) left.push('0');
    left.push(...tail);
  }
  const network = left.slice(0, GROUPS_OF_NETWORK).map((group) => Number.parseInt(group, 16).toString(16));
  return `${network.join(':')}::/64`;
}
