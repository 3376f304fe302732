import { operations, type AnyOperation, type OperationName } from '../../src/operations/index.ts';
import type { Text } from './language.ts';

const BY_PERMISSION: Readonly<Record<AnyOperation['permission'], Text>> = {
  anyone: { en: 'anyone', zh: '任何人' },
  self: { en: 'each user', zh: '任何用户' },
  admin: { en: 'admins', zh: 'admin' },
  'own-jobs': {
    en: 'each user for its own jobs; operators and admins for all',
    zh: '普通用户限本人的作业；operator、admin 不限',
  },
};

const OWN_KEYS: Text = {
  en: 'each user for its own keys; admins for those of any user',
  zh: '普通用户限本人的 access key；admin 不限',
};

const OWN_ACCOUNT: Text = {
  en: 'each user its own; admins that of any user',
  zh: '普通用户限本人；admin 不限',
};

/** Who may call what, where that is narrower than the operation's permission says: `handle` checks it. */
const NARROWER: Partial<Readonly<Record<OperationName, Text>>> = {
  'create-job': {
    en: 'each user for itself; operators and admins for any user',
    zh: '普通用户只能为本人创建；operator、admin 可为任何用户创建',
  },
  'report-job': { en: 'operators and admins', zh: 'operator、admin' },
  'hide-jobs': {
    en: 'each user for its own jobs; admins for all',
    zh: '普通用户和 operator 限本人的作业；admin 不限',
  },
  'describe-access-keys': OWN_KEYS,
  'describe-access-key': OWN_KEYS,
  'create-access-key': OWN_KEYS,
  'change-access-key': OWN_KEYS,
  'remove-access-keys': OWN_KEYS,
  'describe-users': { en: 'admins; anyone else sees itself alone', zh: 'admin；其他用户只看到本人' },
  'describe-user': OWN_ACCOUNT,
  'change-password': {
    en: 'each user its own, with the old one; admins that of another, without it',
    zh: '普通用户修改本人的密码，需提供旧密码；admin 可修改他人的密码，无需旧密码',
  },
  'revoke-tokens': OWN_ACCOUNT,
};

/** Who may call an operation, for the references of both protocols. */
export function whoMay(operation: OperationName): Text {
  return NARROWER[operation] ?? BY_PERMISSION[operations[operation].permission];
}
