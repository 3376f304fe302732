import { Role, UserId } from '../../../schemas/user.ts';
import { LANGUAGE_TAGS, LANGUAGES, type Text } from '../../wire/language.ts';
import type { Schema } from './document.ts';
import { REQUEST_ID } from './show-example.ts';

/** One header, whichever way it goes. */
export interface Header {
  readonly name: string;
  readonly schema: Schema;
  readonly description: Text;
  /** Has no values but those that the examples of its operation show. */
  readonly closed?: true;
  /** Where no example of an operation has it. */
  readonly example?: string;
}

const requestId: Schema = { type: 'string', minLength: 1, maxLength: 128, pattern: '^[A-Za-z0-9._:/+=-]+$' };

/** Every header that an answer may carry, by its name in lower case; those of HTTP's own transport are left out. */
export const answerHeaders: Readonly<Record<string, Header>> = {
  'x-request-id': {
    name: 'X-Request-Id',
    schema: requestId,
    example: REQUEST_ID,
    description: {
      en: 'id of the request, as in the log: the caller’s own where it sent one',
      zh: '请求 id，与日志一致；调用者发送了则沿用',
    },
  },
  'x-error-code': {
    name: 'X-Error-Code',
    schema: { type: 'integer' },
    closed: true,
    description: { en: 'the code, where it is not 0', zh: '非 0 的错误码' },
  },
  'cache-control': {
    name: 'Cache-Control',
    schema: { type: 'string' },
    closed: true,
    description: {
      en: 'what is read may be kept for conditional requests, the rest not at all',
      zh: '读取的结果只可留作条件请求之用，其余一律不可缓存',
    },
  },
  'content-language': {
    name: 'Content-Language',
    schema: { enum: LANGUAGES.map((language) => LANGUAGE_TAGS[language]) },
    description: { en: 'language of the message', zh: '提示信息的语言' },
  },
  vary: {
    name: 'Vary',
    schema: { enum: ['Accept-Language', 'Accept-Language, Origin', 'Origin'] },
    description: { en: 'what the answer also depends on', zh: '影响响应内容的请求头' },
  },
  'www-authenticate': {
    name: 'WWW-Authenticate',
    schema: { const: 'Bearer realm="jobgate"' },
    description: { en: 'credentials are asked for', zh: '要求提供凭证' },
  },
  'retry-after': {
    name: 'Retry-After',
    schema: { type: 'integer', minimum: 1 },
    description: { en: 'seconds after which a retry makes sense', zh: '建议多少秒后重试' },
  },
  etag: {
    name: 'ETag',
    schema: { type: 'string', pattern: '^"[1-9][0-9]*"$' },
    description: { en: 'the job’s version in quotes', zh: '作业的版本号，带引号' },
  },
  link: {
    name: 'Link',
    schema: { type: 'string', pattern: '^<[^>]+>; rel="(next|prev|first|last)"' },
    description: {
      en: 'the pages around this one (RFC 8288): next, prev, first, last',
      zh: '前后各页（RFC 8288）：next、prev、first、last',
    },
  },
  'ratelimit-limit': {
    name: 'RateLimit-Limit',
    schema: { type: 'integer', minimum: 1 },
    description: { en: 'calls a minute, where they are limited', zh: '设置了上限时，每分钟可调用的次数' },
  },
  'ratelimit-remaining': {
    name: 'RateLimit-Remaining',
    schema: { type: 'integer', minimum: 0 },
    description: { en: 'calls that are left', zh: '剩余的调用次数' },
  },
  'ratelimit-reset': {
    name: 'RateLimit-Reset',
    schema: { type: 'integer', minimum: 1 },
    description: { en: 'seconds until they are counted anew', zh: '多少秒后重新计数' },
  },
  allow: {
    name: 'Allow',
    schema: { type: 'string' },
    description: { en: 'the methods that the path has', zh: '路径支持的方法' },
  },
  'access-control-allow-origin': {
    name: 'Access-Control-Allow-Origin',
    schema: { type: 'string' },
    description: { en: 'whose pages may read the answer', zh: '哪些来源的网页可以读取响应' },
  },
  'access-control-allow-methods': {
    name: 'Access-Control-Allow-Methods',
    schema: { type: 'string' },
    description: { en: 'the methods that they may use', zh: '它们可以使用的方法' },
  },
  'access-control-allow-headers': {
    name: 'Access-Control-Allow-Headers',
    schema: { type: 'string' },
    description: { en: 'the headers that they may send', zh: '它们可以发送的请求头' },
  },
  'access-control-max-age': {
    name: 'Access-Control-Max-Age',
    schema: { type: 'integer' },
    description: { en: 'how long that may be remembered, in seconds', zh: '浏览器可记住多少秒' },
  },
  'access-control-expose-headers': {
    name: 'Access-Control-Expose-Headers',
    schema: { type: 'string' },
    description: { en: 'the headers that they may read', zh: '它们可以读取的响应头' },
  },
  location: {
    name: 'Location',
    schema: { type: 'string', pattern: '^/v1/[a-z_]+/[^/]+$' },
    description: { en: 'where what was made is found', zh: '新资源的路径' },
  },
  'x-user-id': {
    name: 'X-User-Id',
    schema: { ...UserId },
    description: { en: 'id of the user', zh: '用户 id' },
  },
  'x-user-role': {
    name: 'X-User-Role',
    schema: { ...Role },
    description: { en: 'what the user may do', zh: '用户角色' },
  },
};

/** The headers that the HTTP server gives any answer, whatever it is: true where it always does. */
export const everyAnswer: Readonly<Record<string, boolean>> = {
  'x-request-id': true,
  vary: false,
  'ratelimit-limit': false,
  'ratelimit-remaining': false,
  'ratelimit-reset': false,
  'access-control-allow-origin': false,
  'access-control-expose-headers': false,
  'access-control-allow-methods': false,
  'access-control-allow-headers': false,
  'access-control-max-age': false,
  allow: false,
};

/** Headers that any request may carry. */
export const everyRequest: readonly Header[] = [
  {
    name: 'X-Request-Id',
    schema: requestId,
    description: {
      en: 'an id of your own for the request; without one, or with an odd one, the gateway makes one',
      zh: '自定的请求 id；未提供或不合规时由网关生成',
    },
  },
  {
    name: 'Accept-Language',
    schema: { type: 'string' },
    description: {
      en: 'language of messages: `zh-CN` (the default) or `en`',
      zh: '提示信息的语言：`zh-CN`（默认）或 `en`',
    },
  },
];

/** What a GET may carry where the answer has a tag. */
export const ifNoneMatch: Header = {
  name: 'If-None-Match',
  schema: { type: 'string' },
  description: {
    en: 'tags that the caller has; where one of them is the present one, the answer is 304 without a body',
    zh: '调用者已有的 ETag；其中之一为当前值时返回 304，没有响应体',
  },
};

/** The text of a header, where the property that it carries is none. */
export const headerTexts: Readonly<Record<string, Schema>> = {
  ifVersion: { type: 'string', pattern: String.raw`^ *(\*|"[1-9]\d{0,14}"( *, *"[1-9]\d{0,14}")*) *$` },
};
