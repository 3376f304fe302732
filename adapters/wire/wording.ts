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
  draining: { en: 'this instance is shutting down', zh: '该实例正在停止' },
  busy: { en: 'too much is under way', zh: '服务器繁忙' },
  database: { en: 'the database cannot be reached', zh: '数据库不可用' },
};

const TYPES: Readonly<Record<string, Text>> = {
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
  text: { en: 'Unicode text without NUL', zh: '不含 NUL 的 Unicode 文本' },
  tag: { en: 'an entity tag such as "3"', zh: '形如 "3" 的 ETag' },
};

/** What a message says in the caller's language: the catalogue's sentence, and what narrows it. */
export function wordRefusal(refusal: Refusal, language: Language, respell: Respell): string {
  const { detail, problems, limit, jobId, present } = refusal.facts;
  const sentence = errorCatalogue[refusal.reason].message[language];
  const parts: string[] = [];
  if (detail) parts.push(DETAILS[detail][language] + (limit === undefined ? '' : ` (> ${limit})`));
  if (jobId !== undefined) parts.push(jobId.slice(0, 64));
  if (present) parts.push(wordPresent(present, language));
  for (const problem of problems ?? []) {
    parts.push(`${spell(problem, respell)} ${wordFault(problem.fault, language, respell)}`);
  }
  if (parts.length === 0) return sentence;
  return language === 'zh' ? `${sentence}：${parts.join('；')}` : `${sentence}: ${parts.join('; ')}`;
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
    case 'unknown': {
      const hint = fault.nearest === undefined ? '' : respell(fault.nearest);
      if (zh) return hint ? `不是已知参数，是否应为 ${hint}` : '不是已知参数';
      return hint ? `is not a parameter here; did you mean ${hint}?` : 'is not a parameter here';
    }
    case 'duplicate':
      return zh ? '重复出现' : 'was sent more than once';
    case 'type':
    case 'format':
      return zh ? `应为${TYPES[fault.expected]?.zh}` : `must be ${TYPES[fault.expected]?.en}`;
    case 'too-short':
      return zh ? `至少 ${fault.least} 个字符` : `must have at least ${fault.least} characters`;
    case 'too-long':
      return zh ? `至多 ${fault.most} 个字符` : `must have at most ${fault.most} characters`;
    case 'too-few':
      return zh ? `至少 ${fault.least} 项` : `must have at least ${fault.least} items`;
    case 'too-many':
      return zh ? `至多 ${fault.most} 项` : `must have at most ${fault.most} items`;
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
    case 'not-one-of': {
      const words = fault.allowed.map(respell).join(zh ? '、' : ', ');
      return zh ? `应为其中之一：${words}` : `must be one of ${words}`;
    }
  }
}
