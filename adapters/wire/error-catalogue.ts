import type { Reason } from '../../src/errors.ts';
import type { Text } from './language.ts';

/** What one reason is called in each protocol, and what it says. */
export interface CatalogueRow {
  /** The action API's number, as QingCloud publishes it; null where it has none for the reason. */
  readonly retCode: number | null;
  /** The word that QingCloud's own messages begin with: tools match it. */
  readonly word: string;
  /** The REST API's number, as 数人云 publishes it. */
  readonly code: number;
  /** The REST API's HTTP status; the action API always answers 200. */
  readonly status: 200 | 401 | 500 | 503;
  readonly message: Text;
}

/** Every reason in both numberings. A reason without a row does not compile. */
export const errorCatalogue: Readonly<Record<Reason, CatalogueRow>> = {
  internal: {
    retCode: 5000,
    word: 'InternalError',
    code: 10000,
    status: 500,
    message: { en: 'the gateway failed; the cause is in its log', zh: '网关内部错误，原因见网关日志' },
  },
  unavailable: {
    retCode: 5100,
    word: 'ServerBusy',
    code: 10000,
    status: 503,
    message: { en: 'the service is not available now, try again later', zh: '服务暂时不可用，请稍后重试' },
  },
  invalid_parameter: {
    retCode: 1100,
    word: 'InvalidParameter',
    code: 10001,
    status: 200,
    message: { en: 'wrong parameters', zh: '参数错误' },
  },
  malformed_request: {
    retCode: 1100,
    word: 'InvalidRequestFormat',
    code: 10008,
    status: 200,
    message: { en: 'the request cannot be read', zh: '请求格式错误' },
  },
  unauthenticated: {
    retCode: 1200,
    word: 'AuthFailure',
    code: 10002,
    status: 401,
    message: {
      en: 'the credentials are missing, wrong or expired',
      zh: '身份验证失败：凭证缺失、错误或已过期',
    },
  },
  request_expired: {
    retCode: 1300,
    word: 'RequestHasExpired',
    code: 10002,
    status: 401,
    message: { en: 'message expired', zh: '消息已过期' },
  },
  permission_denied: {
    retCode: 1400,
    word: 'PermissionDenied',
    code: 10010,
    status: 200,
    message: { en: 'you may not do this', zh: '没有权限进行此操作' },
  },
  job_not_found: {
    retCode: 2100,
    word: 'ResourceNotFound',
    code: 13001,
    status: 200,
    message: { en: 'no such job', zh: '作业不存在' },
  },
  resource_not_found: {
    retCode: 2100,
    word: 'ResourceNotFound',
    code: 10009,
    status: 200,
    message: { en: 'no such resource', zh: '资源不存在' },
  },
  unsupported_query_by: {
    retCode: 1100,
    word: 'InvalidParameter',
    code: 13002,
    status: 200,
    message: { en: 'this filter is not supported', zh: 'query_by 条件不支持' },
  },
  invalid_page: {
    retCode: 1100,
    word: 'InvalidParameter',
    code: 10010,
    status: 200,
    message: { en: 'wrong page', zh: '请求参数 page 出错' },
  },
  invalid_per_page: {
    retCode: 1100,
    word: 'InvalidParameter',
    code: 10011,
    status: 200,
    message: { en: 'wrong per_page', zh: '请求参数 per_page 出错' },
  },
  invalid_sort: {
    retCode: 1100,
    word: 'InvalidParameter',
    code: 10013,
    status: 200,
    message: { en: 'wrong sort_by', zh: '请求参数 sort_by 出错' },
  },
  invalid_order: {
    retCode: 1100,
    word: 'InvalidParameter',
    code: 10014,
    status: 200,
    message: { en: 'wrong order', zh: '请求参数 order 出错' },
  },
  operation_not_allowed: {
    retCode: 1400,
    word: 'PermissionDenied',
    code: 10015,
    status: 200,
    message: { en: 'this is not allowed as things stand', zh: '当前情况不允许此操作' },
  },
  version_conflict: {
    retCode: 2110,
    word: 'ResourceConflict',
    code: 10016,
    status: 200,
    message: { en: 'the job was changed meanwhile', zh: '作业已被修改，版本不一致' },
  },
  idempotency_conflict: {
    retCode: 2110,
    word: 'ResourceConflict',
    code: 10017,
    status: 200,
    message: { en: 'this key was used with another request', zh: '该幂等键已用于不同的请求' },
  },
  rate_limited: {
    retCode: 2500,
    word: 'QuotaExceeded',
    code: 10018,
    status: 200,
    message: { en: 'too many requests, try again later', zh: '请求过于频繁，请稍后重试' },
  },
  user_exists: {
    retCode: 1510,
    word: 'UserAlreadyExists',
    code: 11003,
    status: 200,
    message: { en: 'this user exists already', zh: '用户已存在' },
  },
  user_not_found: {
    retCode: 1610,
    word: 'UserNotFound',
    code: 11004,
    status: 200,
    message: { en: 'no such user', zh: '用户不存在' },
  },
  user_inactive: {
    retCode: 1662,
    word: 'UserInactive',
    code: 11005,
    status: 200,
    message: { en: 'this user is not active', zh: '非激活用户' },
  },
  wrong_password: {
    retCode: 1620,
    word: 'PasswordMismatch',
    code: 11006,
    status: 200,
    message: { en: 'wrong user or password', zh: '用户名或密码错误' },
  },
  token_invalid: {
    retCode: 1650,
    word: 'InvalidToken',
    code: 11007,
    status: 200,
    message: { en: 'the token is wrong or was used', zh: 'token 无效或已使用' },
  },
  user_already_active: {
    retCode: null,
    word: 'UserAlreadyActive',
    code: 11009,
    status: 200,
    message: { en: 'this user is active already', zh: '用户已激活' },
  },
  activation_failed: {
    retCode: null,
    word: 'ActivationFailed',
    code: 11010,
    status: 200,
    message: { en: 'the activation failed', zh: '激活失败' },
  },
  email_not_registered: {
    retCode: null,
    word: 'EmailNotRegistered',
    code: 11011,
    status: 200,
    message: { en: 'this address is not registered', zh: '邮箱地址未被注册' },
  },
  reset_link_invalid: {
    retCode: null,
    word: 'ResetLinkInvalid',
    code: 11012,
    status: 200,
    message: { en: 'the reset link is wrong or was used', zh: '无效的密码重置链接' },
  },
  passwords_differ: {
    retCode: null,
    word: 'PasswordsDiffer',
    code: 11013,
    status: 200,
    message: { en: 'the two passwords differ', zh: '两次输入的密码不一致' },
  },
};

/** The action API's number for a reason; one without a number of its own is told as a wrong parameter. */
export function retCodeOf(reason: Reason): number {
  return errorCatalogue[reason].retCode ?? 1100;
}

/** An unknown action has a number of its own: QingCloud keeps "wrong method" apart from "no such resource". */
export const UNKNOWN_ACTION = 1101;

/** REST numbers that 数人云 gave to other services. They are kept free, and no job operation answers them. */
export const reservedCodes: Readonly<Record<string, Text>> = {
  '12001': { en: 'label not found', zh: '找不到标签' },
  '12002': { en: 'label in use', zh: '标签被使用' },
  '12014': { en: 'cluster name exists', zh: '集群名称已存在' },
  '12015': { en: 'not allowed to change the cluster', zh: '无权限更新集群' },
  '12016': { en: 'cluster not found', zh: '集群不存在' },
  '12018': { en: 'host not found', zh: '主机不存在' },
  '12019': { en: 'label exists', zh: '标签已经存在' },
  '14001': { en: 'application not found', zh: 'Application 不存在' },
  '14002': { en: 'application version not found', zh: 'Application 历史版本 id 不存在' },
  '15***': { en: 'errors of projects', zh: 'Project 相关错误' },
};
