/**
 * The least that reading from Redis can cost: what stands in Redis is written out as it is. `/one` takes one GET, as
 * plain ioredis sends it; `/ten` one MGET. No authentication, no validation, no log.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Redis } from 'ioredis';

const { REDIS_URL = '' } = process.env;
const redis = new Redis(REDIS_URL);
const value = JSON.stringify({ code: 0, data: 'x'.repeat(580) });
const ten = Array.from({ length: 10 }, (_, index) => `bench:${index}`);
for (const key of ten) await redis.set(key, value);

async function answer(url: string | undefined): Promise<Buffer> {
  if (url !== '/ten') return (await redis.getBuffer('bench:0')) ?? Buffer.alloc(0);
  const values = await redis.mgetBuffer(...ten);
  const parts = values.flatMap((each, index) => [
    Buffer.from(index === 0 ? '[' : ','),
    each ?? Buffer.alloc(0),
  ]);
  return Buffer.concat([...parts, Buffer.from(']')]);
}

const server = createServer((request, response) => {
  void answer(request.url).then((body) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
    response.end(body);
  });
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
