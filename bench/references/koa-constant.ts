/** Koa with nothing in it: 600 constant bytes. */
import type { AddressInfo } from 'node:net';
import Koa from 'koa';

const body = Buffer.from(JSON.stringify({ code: 0, data: 'x'.repeat(580) }));
const app = new Koa();
app.use((ctx) => {
  ctx.type = 'json';
  ctx.body = body;
});
const server = app.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
});
