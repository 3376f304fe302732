import { REASONS } from '../../../src/errors.ts';
import { errorCatalogue, reservedCodes } from '../../wire/error-catalogue.ts';
import type { Language, Text } from '../../wire/language.ts';

/** What the operations are grouped by. */
export type Tag = 'jobs' | 'auth' | 'keys' | 'users' | 'docs';

export const tags: Readonly<Record<Tag, Text>> = {
  jobs: { en: 'Jobs: what was asked for, and what became of it.', zh: '作业：所请求的任务及其进展。' },
  auth: { en: 'Log in, check a token, log out.', zh: '登录、校验 token、退出登录。' },
  users: {
    en: 'Users, their passwords and their sessions.',
    zh: '用户及其密码和会话。',
  },
  keys: {
    en: 'Access keys, which sign calls of the action API.',
    zh: 'access key，用于对 action API 的调用签名。',
  },
  docs: { en: 'This document.', zh: '本文档。' },
};

export const words = {
  title: { en: 'jobgate REST API', zh: 'jobgate REST API' },
  here: { en: 'where this document was served from', zh: '提供本文档的主机' },
  token: {
    en: 'The token that `POST /v1/auth` gives, as it is: `Authorization: <token>`. `Bearer <token>` and `Token <token>` do as well.',
    zh: '`POST /v1/auth` 返回的 token，原样填写：`Authorization: <token>`；也接受 `Bearer <token>` 和 `Token <token>`。',
  },
  who: ({ en, zh }: Text): Text => ({ en: `Who may call it: ${en}.`, zh: `调用权限：${zh}。` }),
  done: { en: 'It was done, or refused: `code` tells.', zh: '成功，或被拒绝：以 `code` 为准。' },
  verified: {
    en: 'The token is good; its user stands in the headers.',
    zh: 'token 有效，所属用户见响应头。',
  },
  unchanged: { en: 'The caller has the present version.', zh: '调用者已有当前版本。' },
  unreadable: {
    en: 'The request line or the headers cannot be read.',
    zh: '请求行或请求头无法解析。',
  },
  unauthenticated: {
    en: 'The credentials are missing, wrong or expired.',
    zh: '凭证缺失、错误或已过期。',
  },
  internal: { en: 'A fault of the gateway.', zh: '网关内部错误。' },
  unavailable: { en: 'Try again later.', zh: '服务暂时不可用，请稍后重试。' },
  success: { en: 'success', zh: '成功' },
  anyQuery: {
    en: 'nginx may send any query of its own; it is not looked at',
    zh: 'nginx 可能附带任意查询参数，一律忽略',
  },
  documentSummary: { en: 'Show this document.', zh: '获取本文档。' },
  documentLanguage: {
    en: 'language of the document; without it, that of Accept-Language',
    zh: '文档的语言，默认按 Accept-Language',
  },
  documentTag: { en: 'tells one version of the document from another', zh: '区分文档的不同版本' },
  noSniffing: { en: 'the type of content is as it says', zh: '按所声明的类型处理内容' },
  document: { en: 'An OpenAPI 3.1 document, without the envelope.', zh: 'OpenAPI 3.1 文档，不带信封结构。' },
} satisfies Readonly<Record<string, Text | ((text: Text) => Text)>>;

const INTRODUCTION: Text = {
  en: `One job service, reached through two conventions: this REST API, and [the action API](/docs/actions).

- **Answers** are \`{"code":0,"data":…}\`, or \`{"code":n,"data":{"message":…,"reason":…,…}}\` for a failure. HTTP is 200 for both; 401 asks for credentials, 400 stands for what is no HTTP request, and 50x for a fault of the gateway or what it needs. A code that is not 0 is also in the header \`X-Error-Code\`.
- **Credentials** are a token: \`POST /v1/auth\` gives one, and each call carries it as \`Authorization: <token>\`.
- **Parameters** stand in the query of a GET or DELETE and in the JSON body of a POST, PUT or PATCH. One that is not known is refused by its name. Lists in a query are separated by commas; an empty one is refused.
- **Lists** have pages: \`page\` and \`per_page\`, or \`after\` with the \`next\` of the page before, which costs the same however deep; not both.
- **Versions.** \`ETag\` is a job’s version. \`If-None-Match\` spares an answer that the caller has, \`If-Match\` a change of a version that it has not seen; a PUT, PATCH or DELETE of what has no version refuses it, unless it is \`*\`.
- **Retries.** A POST with an \`Idempotency-Key\` may be sent again for 24 hours: it gets the same answer and has no second effect. On other methods the key is passed over.
- **HEAD** is answered as GET is, without the body.
- Keys are camelCase, but for the content of \`resources\` and \`directive\`, which is the caller’s own.`,
  zh: `同一作业服务，两种调用约定：本 REST API，以及 [action API](/docs/actions)。

- **响应**为 \`{"code":0,"data":…}\`，失败时为 \`{"code":n,"data":{"message":…,"reason":…,…}}\`。两者的 HTTP 状态码均为 200；401 表示需要凭证，400 表示不是合法的 HTTP 请求，50x 表示网关或其依赖出错。非 0 的错误码同时写在响应头 \`X-Error-Code\` 中。
- **凭证**为 token：由 \`POST /v1/auth\` 获取，每次调用以 \`Authorization: <token>\` 提供。
- **参数**：GET、DELETE 写在查询字符串中，POST、PUT、PATCH 写在 JSON 请求体中；未知参数会被拒绝并指出名称。查询字符串中的列表以逗号分隔，空列表会被拒绝。
- **列表**分页：使用 \`page\` 和 \`per_page\`；或以上一页返回的 \`next\` 作为 \`after\` 继续，翻到多深开销都相同；两种方式不能同时使用。
- **版本**：\`ETag\` 即作业的版本号。\`If-None-Match\` 避免重复返回已有内容，\`If-Match\` 避免覆盖未见过的版本；对没有版本号的资源执行 PUT、PATCH、DELETE 时，除 \`*\` 外一律拒绝 \`If-Match\`。
- **重试**：带 \`Idempotency-Key\` 的 POST 在 24 小时内可以重复发送，得到相同的返回，不会重复执行。其他方法忽略此请求头。
- **HEAD** 与 GET 的响应相同，只是没有响应体。
- 键名一律为 camelCase；\`resources\` 与 \`directive\` 的内容属于调用者，不作改写。`,
};

const ERRORS: Readonly<Record<Language, { head: string; columns: string; note: string; reserved: string }>> =
  {
    en: {
      head: 'All codes',
      columns: '| code | HTTP | reason | message |',
      note: 'At log-in, 11005 and 11006 come with 401.',
      reserved: 'Reserved by 数人云 for its other services, and answered by none of these operations:',
    },
    zh: {
      head: '全部错误码',
      columns: '| 错误码 | HTTP | reason | 说明 |',
      note: '登录时，11005 与 11006 的 HTTP 状态码为 401。',
      reserved: '以下为数人云其他服务保留的错误码，作业相关接口不会返回：',
    },
  };

/** What stands above the operations: how to call, and every code, the reserved ones too. */
export function introduction(language: Language): string {
  const { head, columns, note, reserved } = ERRORS[language];
  const rows = REASONS.map((reason) => ({ reason, ...errorCatalogue[reason] }))
    .toSorted((a, b) => a.code - b.code)
    .map(({ code, status, reason, message }) => `| ${code} | ${status} | ${reason} | ${message[language]} |`);
  const kept = Object.entries(reservedCodes).map(
    ([code, text]) => `- ${code.replaceAll('*', String.raw`\*`)} ${text[language]}`,
  );
  return [
    INTRODUCTION[language],
    // The operations should not stand below a long table; where details mean nothing, it is a line above it.
    `<details><summary>${head}</summary>`,
    [columns, '| --- | --- | --- | --- |', ...rows].join('\n'),
    note,
    reserved,
    kept.join('\n'),
    '</details>',
  ].join('\n\n');
}
