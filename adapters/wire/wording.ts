import type { Detail, Fault, Problem, Refusal } from '../../src/errors.ts';
import { errorCatalogue } from './error-catalogue.ts';
import type { Language, Text } from './language.ts';

/** How a parameter or an allowed word is spelled in the caller's protocol. */
export type Respell = (name: string) => string;

const DETAILS: Readonly<Record<Detail, Text>> = {
  'body-not-json': { en: 'the body is not JSON', zh: '请求体不是合法的 JSON' },
  'body-not-object': { en: 'the body is not a JSON object', zh: '请求体不是 JSON 对象' },
  'body-not-utf8': { en: 'the body is not UTF-8', zh: '请求体不是 UTF-8 编码' },
  'body-too-large': { en: 'the body is too large', zh: '请求体过大' },
  'body-too-deep': { en: 'the body is nested too deeply', zh: '请求体嵌套过深' },
  'body-type': { en: 'the Content-Type is not supported', zh: '不支持的 Content-Type' },
  'body-encoding': { en: 'the Content-Encoding is not supported', zh: '不支持的 Content-Encoding' },
  'body-aborted': { en: 'the body is incomplete', zh: '请求体不完整' },
  headers: { en: 'the request line or the headers cannot be read', zh: '请求行或请求头无法解析' },
  'unknown-path': { en: 'no such path', zh: '路径不存在' },
  'unknown-method': { en: 'the path does not have this method', zh: '该路径不支持此方法' },
  'unknown-operation': { en: 'no such action', zh: 'action 不存在' },
  'operation-missing': { en: 'the parameter action is missing', zh: '缺少参数 action' },
  'credentials-missing': { en: 'no credentials were sent', zh: '未提供凭证' },
  'credentials-malformed': { en: 'the credentials are malformed', zh: '凭证格式错误' },
  'password-in-query': {
    en: 'a PASSWORD in a URL ends up in logs: send it in the body of a POST',
    zh: 'URL 中的 PASSWORD 会被写入日志：请用 POST 请求体发送',
  },
  'password-in-the-clear': {
    en: 'a PASSWORD in base64 is not taken over plain HTTP: use HTTPS, or encrypt it',
    zh: '不接受通过明文 HTTP 发送的 base64 PASSWORD：请使用 HTTPS，或将其加密',
  },
  'cipher-refused': {
    en: 'this form of PASSWORD is not accepted here',
    zh: '此处不接受这种形式的 PASSWORD',
  },
  'credentials-of-two-kinds': {
    en: 'send USER_ID and PASSWORD, or access_key_id and signature, not both',
    zh: 'USER_ID 与 PASSWORD、access_key_id 与 signature 只能提供一组',
  },
  'signature-malformed': {
    en:
      'a signed call needs signature, time_stamp such as 2018-09-18T09:04:02Z, ' +
      'signature_method HmacSHA256 or HmacSHA1, and signature_version 1',
    zh:
      '签名调用需要 signature、形如 2018-09-18T09:04:02Z 的 time_stamp、' +
      '值为 HmacSHA256 或 HmacSHA1 的 signature_method，以及值为 1 的 signature_version',
  },
  'signature-mismatch': { en: 'signature not matched', zh: '签名不匹配' },
  'access-key-unknown': {
    en: 'there is no such access key, or it is disabled',
    zh: 'access_key_id 不存在或已停用',
  },
  'access-keys-not-set-up': {
    en: 'access keys are not set up on this gateway: it has no KEY_ENCRYPTION_KEY',
    zh: '该网关未启用 access key：未设置 KEY_ENCRYPTION_KEY',
  },
  'access-keys-too-many': {
    en: 'the user has as many access keys as a user may have, remove one first',
    zh: '该用户的 access key 数量已达上限，请先删除一个',
  },
  'password-key-not-set-up': { en: 'this gateway has no key for passwords', zh: '该网关未设置密码加密密钥' },
  'email-taken': {
    en: 'another user has this e-mail address',
    zh: '该邮箱地址已被其他用户使用',
  },
  'last-admin': {
    en: 'nobody else is an active admin: make another one first',
    zh: '这是最后一个有效的管理员，请先设置另一个管理员',
  },
  'mail-not-set-up': { en: 'this gateway sends no mails', zh: '该网关未启用邮件' },
  'time-passed': { en: 'time_stamp is too old', zh: 'time_stamp 已过期' },
  'time-in-future': { en: 'time_stamp lies in the future', zh: 'time_stamp 晚于服务器时间' },
  'deadline-passed': {
    en: 'expires has passed, or lies more than an hour after time_stamp',
    zh: 'expires 已过期，或晚于 time_stamp 一小时以上',
  },
  'done-before': {
    en: 'this signed call was carried out before, and its answer was not kept',
    zh: '该签名请求已执行过，其响应未保留',
  },
  draining: { en: 'this instance is shutting down', zh: '该实例正在停止' },
  busy: { en: 'too much is under way', zh: '服务器繁忙' },
  database: { en: 'the database cannot be reached', zh: '数据库不可用' },
  'database-unwritable': { en: 'the database takes no changes now', zh: '数据库暂时无法写入' },
};

/** Details that say all: QingCloud's tools look for these words at the beginning of a message. */
const WHOLE: ReadonlySet<Detail> = new Set(['signature-mismatch', 'access-key-unknown']);

const TYPES: Readonly<Record<Extract<Fault, { is: 'type' | 'format' }>['expected'], Text>> = {
  string: { en: 'a string', zh: '字符串' },
  integer: { en: 'an integer', zh: '整数' },
  list: { en: 'a list', zh: '列表' },
  object: { en: 'an object', zh: '对象' },
  time: {
    en: 'a time such as 2018-09-18T09:04:02Z (RFC 3339)',
    zh: '形如 2018-09-18T09:04:02Z 的时间（RFC 3339）',
  },
  cursor: { en: 'a cursor that a page of this very list gave', zh: '同一列表的分页所返回的游标' },
  utf8: { en: 'percent-encoded UTF-8', zh: '百分号编码的 UTF-8' },
  form: { en: 'well-formed', zh: '合法的格式' },
  status: {
    en: 'a lower-case word such as working, step1 or done with failure',
    zh: '小写单词，例如 working、step1、done with failure',
  },
  json: { en: 'a JSON object', zh: 'JSON 对象' },
  email: { en: 'an e-mail address such as name@example.com', zh: '形如 name@example.com 的邮箱地址' },
  password: {
    en: 'the base64 of a password, or rsa: and the base64 of its cipher text',
    zh: '密码的 base64，或 rsa: 加密文的 base64',
  },
  text: { en: 'Unicode text without NUL', zh: '不含 NUL 的 Unicode 文本' },
  tag: { en: 'an entity tag such as "3"', zh: '形如 "3" 的 ETag' },
};

/** What a message says in the caller's language: the catalogue's sentence, and what narrows it. */
export function wordRefusal(refusal: Refusal, language: Language, respell: Respell): string {
  const { detail, problems, limit, jobId, present, signed, now } = refusal.facts;
  const sentence = errorCatalogue[refusal.reason].message[language];
  const parts: string[] = [];
  if (detail && WHOLE.has(detail)) {
    const whole = DETAILS[detail][language];
    return signed === undefined
      ? whole
      : `${whole}${language === 'zh' ? '；' : '; '}${wordSigned(signed, language)}`;
  }
  if (detail) parts.push(DETAILS[detail][language] + (limit === undefined ? '' : ` (> ${limit})`));
  if (now !== undefined) parts.push(wordNow(now, language));
  if (jobId !== undefined) parts.push(jobId.slice(0, 64));
  if (present) parts.push(wordPresent(present, language));
  for (const problem of problems ?? []) {
    parts.push(`${spell(problem, respell)} ${wordFault(problem.fault, language, respell)}`);
  }
  if (parts.length === 0) return sentence;
  return language === 'zh' ? `${sentence}：${parts.join('；')}` : `${sentence}: ${parts.join('; ')}`;
}

/** A message is no place for a whole call: the text stands in the answer in full. */
function wordSigned(signed: string, language: Language): string {
  const text = JSON.stringify(signed.length > 1_000 ? `${signed.slice(0, 1_000)}…` : signed);
  return language === 'zh' ? `服务器签名的字符串为 ${text}` : `the server signed ${text}`;
}

function wordNow(now: number, language: Language): string {
  const time = new Date(now).toISOString();
  return language === 'zh' ? `服务器时间为 ${time}` : `the server's time is ${time}`;
}

/** What stands now, so that the caller can decide anew. */
function wordPresent(present: { status: string } | { version: number }, language: Language): string {
  if ('status' in present) {
    return language === 'zh' ? `当前状态为 ${present.status}` : `its status is ${present.status}`;
  }
  return language === 'zh' ? `当前版本为 ${present.version}` : `its version is ${present.version}`;
}

/** A parameter's name as the caller would write it. */
export function spell(problem: Problem, respell: Respell): string {
  return problem.asSent ? problem.parameter : respell(problem.parameter);
}

/** What is wrong with one parameter, as the predicate of a sentence. */
export function wordFault(fault: Fault, language: Language, respell: Respell): string {
  const zh = language === 'zh';
  switch (fault.is) {
    case 'required':
      return zh ? '缺失' : 'is missing';
    case 'reserved':
      return zh ? '是保留字，不能作为 id' : 'is a word that no id may be';
    case 'unknown': {
      const hint = fault.nearest === undefined ? '' : respell(fault.nearest);
      if (zh) return hint ? `不是已知参数，是否应为 ${hint}` : '不是已知参数';
      return hint ? `is not a parameter here; did you mean ${hint}?` : 'is not a parameter here';
    }
    case 'duplicate':
      return zh ? '重复出现' : 'was sent more than once';
    case 'type':
    case 'format':
      return zh ? `应为${TYPES[fault.expected].zh}` : `must be ${TYPES[fault.expected].en}`;
    case 'too-short':
      return zh ? `至少 ${fault.least} 个字符` : `must have at least ${counted(fault.least, 'character')}`;
    case 'too-long':
      return zh ? `至多 ${fault.most} 个字符` : `must have at most ${counted(fault.most, 'character')}`;
    case 'too-few':
      return zh ? `至少 ${fault.least} 项` : `must have at least ${counted(fault.least, 'item')}`;
    case 'too-many':
      return zh ? `至多 ${fault.most} 项` : `must have at most ${counted(fault.most, 'item')}`;
    case 'too-small':
      return zh ? `不得小于 ${fault.least}` : `must be at least ${fault.least}`;
    case 'too-large':
      return zh ? `不得大于 ${fault.most}` : `must be at most ${fault.most}`;
    case 'key-twice':
      return zh ? `中的键 ${fault.key} 重复出现` : `has the key ${fault.key} twice`;
    case 'number-lost':
      return zh
        ? `中的数值 ${fault.number} 超出双精度浮点数的表示范围`
        : `has the number ${fault.number}, which a double cannot hold`;
    case 'unlike':
      return zh ? `与 ${respell(fault.other)} 不符` : `does not fit ${respell(fault.other)}`;
    case 'not-beside':
      return zh ? `不能与 ${respell(fault.other)} 同时使用` : `cannot stand beside ${respell(fault.other)}`;
    case 'not-one-of': {
      const words = fault.allowed.map(respell).join(zh ? '、' : ', ');
      return zh ? `应为其中之一：${words}` : `must be one of ${words}`;
    }
  }
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
