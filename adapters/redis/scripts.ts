/**
 * The steps of the coherent cache as Redis runs them, each at one moment and by Redis' own clock.
 * KEYS[1] is the key of the epoch, the others are entries. An entry is one string:
 *   `V <version> <bytes>`   a value
 *   `L <since> <token>`     a reader's lease to fill
 *   `B <since> <token>`     a writer's block
 * But where several may block at once, their blocks are a sorted set, of tokens by `since`; GET and MGET see no value in it.
 * `since` is in milliseconds.
 */
const NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function since(standing) return tonumber(string.match(standing, '^. (%d+) ')) end
local function holds(standing, kind, token)
  return standing and string.sub(standing, 1, 1) == kind and string.match(standing, '^. %d+ (.*)$') == token
end
local function shared(key) return redis.call('TYPE', key).ok == 'zset' end
`;

/** A reader that has not filled after so long is taken for dead, in ms. */
const LEASE_FRESH = 500;
/** Outlives any transaction; in ms. */
const BLOCK_LIFE = 600_000;

export const scripts = {
  /** ARGV: epoch, token, T. Answers LEASE, HIT, WAIT, NOEPOCH, or age and token of the oldest block. */
  lease: {
    numberOfKeys: 2,
    lua: `${NOW}
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 'NOEPOCH' end
if shared(KEYS[2]) then
  local oldest = redis.call('ZRANGE', KEYS[2], 0, 0, 'WITHSCORES')
  return { now - tonumber(oldest[2]), oldest[1] }
end
local standing = redis.call('GET', KEYS[2])
if standing then
  local kind = string.sub(standing, 1, 1)
  if kind == 'V' then return 'HIT' end
  if kind == 'B' then return { now - since(standing), string.match(standing, '^. %d+ (.*)$') } end
  if now - since(standing) < ${LEASE_FRESH} then return 'WAIT' end
end
redis.call('SET', KEYS[2], string.format('L %.0f %s', now, ARGV[2]), 'PX', ARGV[3])
return 'LEASE'`,
  },

  /** ARGV: epoch, token, value. The life stays that of the lease. */
  fill: {
    numberOfKeys: 2,
    lua: `${NOW}
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 'NOEPOCH' end
if shared(KEYS[2]) or not holds(redis.call('GET', KEYS[2]), 'L', ARGV[2]) then return 'LOST' end
redis.call('SET', KEYS[2], ARGV[3], 'KEEPTTL')
return 'FILLED'`,
  },

  /** ARGV: epoch, token, how many of the keys may be blocked by others too: the last ones. */
  block: {
    numberOfKeys: undefined,
    lua: `${NOW}
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 'NOEPOCH' end
for i = 2, #KEYS do
  local key = KEYS[i]
  if i <= #KEYS - ARGV[3] then
    redis.call('SET', key, string.format('B %.0f %s', now, ARGV[2]), 'PX', ${BLOCK_LIFE})
  else
    if not shared(key) then redis.call('DEL', key) end
    redis.call('ZREMRANGEBYSCORE', key, '-inf', now - ${BLOCK_LIFE})
    redis.call('ZADD', key, now, ARGV[2])
    redis.call('PEXPIRE', key, ${BLOCK_LIFE})
  end
end
return 'BLOCKED'`,
  },

  /** ARGV: epoch, token, T, version, value. */
  publish: {
    numberOfKeys: 2,
    lua: `${NOW}
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 'NOEPOCH' end
local standing = redis.call('GET', KEYS[2])
if holds(standing, 'B', ARGV[2]) then
  local left = ARGV[3] - (now - since(standing))
  if left >= 1 then
    redis.call('SET', KEYS[2], ARGV[5], 'PX', math.floor(left))
    return 'PUBLISHED'
  end
  redis.call('DEL', KEYS[2])
  return 'TOO LATE'
end
if standing then
  local kind = string.sub(standing, 1, 1)
  local older = kind == 'V' and tonumber(string.match(standing, '^V (%d+) ')) < tonumber(ARGV[4])
  if older or kind == 'L' then redis.call('DEL', KEYS[2]) end
end
return 'LOST'`,
  },

  /** ARGV: token. */
  abort: {
    numberOfKeys: undefined,
    lua: `${NOW}
for i = 2, #KEYS do
  local key = KEYS[i]
  if shared(key) then
    redis.call('ZREM', key, ARGV[1])
  elseif holds(redis.call('GET', key), 'B', ARGV[1]) then
    redis.call('DEL', key)
  end
end
return 'ABORTED'`,
  },

  /** ARGV: epoch. Upwards only; answers the epoch that stands. */
  setEpoch: {
    numberOfKeys: 1,
    lua: `
local standing = tonumber(redis.call('GET', KEYS[1]) or 0)
local wanted = tonumber(ARGV[1])
if wanted > standing then
  redis.call('SET', KEYS[1], ARGV[1])
  return wanted
end
return standing`,
  },
} as const;
