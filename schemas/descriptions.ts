/** One remark in both languages of the references. */
export interface Description {
  readonly en: string;
  readonly zh: string;
}

/**
 * What each property of the schemas means, by its name; where it means something of its own in one place, by
 * `<operation>.<property>` or `<list>.<property>`. They name no parameter of one protocol: both references show
 * them. They stand beside the schemas, not in them, because the validator takes no keyword that is not its own.
 */
const descriptions: Readonly<Record<string, Description>> = {
  jobId: { en: 'id of the job', zh: '作业 id' },
  jobType: { en: 'type of the job, such as `neonsan`', zh: '作业类型，例如 `neonsan`' },
  jobAction: { en: 'what the job does, such as `ScaleNeonSAN`', zh: '作业动作，例如 `ScaleNeonSAN`' },
  owner: { en: 'id of the user whose job it is', zh: '作业所有者的用户 id' },
  status: {
    en: 'present status: `pending`, a word of progress, or at the end `successful`, `failed`, `canceled` or `done with failure`',
    zh: '当前状态：`pending`、表示进度的单词，或结束状态 `successful`、`failed`、`canceled`、`done with failure`',
  },
  preStatus: { en: 'the status before; empty at first', zh: '前一状态，初始为空' },
  resources: {
    en: 'what the job works on: any JSON object, kept as it came except for its secrets',
    zh: '作业涉及的资源：任意 JSON 对象，除其中的机密外原样保存',
  },
  directive: {
    en: 'the request that started the job: any JSON object, kept as it came except for its secrets',
    zh: '发起作业的请求：任意 JSON 对象，除其中的机密外原样保存',
  },
  createTime: { en: 'when the job was created', zh: '创建时间' },
  updateTime: { en: 'when the job was last changed', zh: '最近一次变更的时间' },
  version: { en: 'rises by one with each change of the job', zh: '版本号，作业每变更一次加一' },
  note: { en: 'a remark for the timeline', zh: '写入时间线的备注' },
  ifVersion: {
    en: 'the version that the caller saw, or several; the change is refused if the job has another one',
    zh: '调用者所见的版本，可为多个；与作业的当前版本不符时拒绝修改',
  },
  idempotencyKey: {
    en: 'a key of the caller’s own making: within 24 hours the same request with the same key gets the same answer and has no second effect',
    zh: '由调用者自拟的键：24 小时内，同一请求用同一个键重复发送，得到相同的返回，不会重复执行',
  },

  'activate-user.idempotencyKey': {
    en: 'a key of the caller’s own making: within 24 hours the same request with the same key and the same `token` gets the same answer, though the token was used up by the first',
    zh: '由调用者自拟的键：24 小时内，同一请求用同一个键和同一个 `token` 重复发送，得到相同的返回，即使该 token 已被首次请求用掉',
  },
  'reset-password.idempotencyKey': {
    en: 'a key of the caller’s own making: within 24 hours the same request with the same key and the same `token` gets the same answer, though the token was used up by the first',
    zh: '由调用者自拟的键：24 小时内，同一请求用同一个键和同一个 `token` 重复发送，得到相同的返回，即使该 token 已被首次请求用掉',
  },
  'request-reset.idempotencyKey': {
    en: 'a key of the caller’s own making: within 24 hours the same key with the same `email` brings one mail, however often it is sent',
    zh: '由调用者自拟的键：24 小时内，同一个键配同一个 `email` 无论发送多少次，只会寄出一封邮件',
  },
  'log-in.idempotencyKey': {
    en: 'taken as by every POST, and not remembered: each log-in gives a token of its own, since none is stored that could be given again, and one more does no harm',
    zh: '与其他 POST 一样可以携带，但不会被记录：token 不以可再次返回的形式保存，每次登录都得到一个新的 token，多出的 token 没有害处',
  },

  jobIds: { en: 'ids of the jobs', zh: '作业 id 列表' },
  'describe-jobs.jobIds': {
    en: 'only jobs with these ids, in the order given; ids that no visible job has are left out',
    zh: '只查询这些 id 的作业，按所给顺序返回；不存在或无权查看的 id 不出现在结果中',
  },
  'describe-jobs.jobAction': {
    en: 'only jobs that do this, or any of several',
    zh: '按作业动作过滤，可为多个，满足其一即可',
  },
  'describe-jobs.jobType': {
    en: 'only jobs of this type, or of any of several',
    zh: '按作业类型过滤，可为多个，满足其一即可',
  },
  'describe-jobs.owner': {
    en: 'only jobs of this user, or of any of several; another’s are for operators and admins',
    zh: '按作业所有者过滤，可为多个；查询他人的作业需要 operator 或 admin',
  },
  'describe-jobs.status': {
    en: 'only jobs in this status, or in any of several',
    zh: '按当前状态过滤，可为多个，满足其一即可',
  },
  'describe-jobs.preStatus': {
    en: 'only jobs that were in this status before, or in any of several',
    zh: '按前一状态过滤，可为多个，满足其一即可',
  },
  createdAfter: { en: 'only jobs created after this moment', zh: '只查询在此时刻之后创建的作业' },
  createdBefore: { en: 'only jobs created before this moment', zh: '只查询在此时刻之前创建的作业' },
  sortBy: { en: 'the time to sort by; without it, the time of creation', zh: '排序依据，默认为创建时间' },
  order: { en: 'direction of the order; without it, newest first', zh: '排序方向，默认从新到旧' },
  after: {
    en: 'continues where a page ended: the `next` of that page, with the same filters',
    zh: '从某一页的末尾继续：填写该页返回的 `next`，过滤条件保持不变',
  },
  offset: { en: 'how many jobs to skip', zh: '跳过的作业数量' },
  limit: {
    en: 'how many jobs a page may have; a larger number counts as the largest allowed; with ids, their number is the default',
    zh: '每页的作业数量；超过上限时按上限处理；指定 id 时默认为 id 的数量',
  },
  'describe-latest-job.jobType': { en: 'only jobs of this type', zh: '只查询该类型的作业' },
  'create-job.owner': {
    en: 'whose job it is to be; without it, the caller’s; another’s is for operators and admins',
    zh: '作业所有者，默认为调用者本人；为他人创建需要 operator 或 admin',
  },
  'replace-job.resources': {
    en: 'what the job works on: any JSON object; left out, it becomes empty',
    zh: '作业涉及的资源：任意 JSON 对象；省略则清空',
  },
  'replace-job.directive': {
    en: 'the request that started the job: any JSON object; left out, it is removed',
    zh: '发起作业的请求：任意 JSON 对象；省略则删除',
  },
  'report-job.status': {
    en: 'the status to report: a word of progress of your own, or one of the four final ones; never `pending`',
    zh: '上报的状态：自定义的进度单词，或四个结束状态之一；不能为 `pending`',
  },

  jobs: { en: 'the jobs', zh: '作业列表' },
  total: {
    en: 'how many jobs match in all, not only on this page',
    zh: '符合条件的作业总数，不限于本页',
  },
  next: {
    en: 'where the next page begins; not on the last page',
    zh: '下一页的起点；最后一页没有',
  },
  timeline: { en: 'every change of the job, oldest first', zh: '作业的全部变更，按时间先后排列' },
  'timeline.version': { en: 'the job’s version since this change', zh: '此次变更后的版本号' },
  'timeline.status': { en: 'the status since this change', zh: '此次变更后的状态' },
  'timeline.preStatus': { en: 'the status before', zh: '前一状态' },
  'timeline.userId': { en: 'who made the change', zh: '变更者的用户 id' },
  'timeline.note': { en: 'the remark that came with it', zh: '变更时的备注' },
  time: { en: 'when it was', zh: '发生时间' },

  accessKeyId: { en: 'id of the access key', zh: 'access key 的 id' },
  accessKeyName: { en: 'what the key is called, to tell it from others', zh: 'access key 的名称，便于区分' },
  accessKeyIds: { en: 'ids of the access keys', zh: 'access key 的 id 列表' },
  accessKeys: { en: 'the access keys', zh: 'access key 列表' },
  lastUsedTime: {
    en: 'when it signed a call last, to about a minute; not before the first',
    zh: '最近一次用于签名的时间，约精确到一分钟；从未使用时没有此项',
  },
  secretAccessKey: {
    en: 'what calls are signed with; it is shown this once',
    zh: '用于签名的密钥，只显示这一次',
  },
  'accessKeys.owner': { en: 'id of the user whose key it is', zh: 'access key 所有者的用户 id' },
  'accessKeys.status': { en: '`active` or `disabled`', zh: '`active` 或 `disabled`' },
  'accessKeys.createTime': { en: 'when the key was made', zh: 'access key 的创建时间' },
  'create-access-key.owner': {
    en: 'whose key it is to be; without it, the caller’s; another’s is for admins',
    zh: 'access key 的所有者，默认为调用者本人；为他人创建需要 admin',
  },
  'create-access-key.status': { en: '`active` or `disabled`', zh: '`active` 或 `disabled`' },
  'create-access-key.createTime': { en: 'when the key was made', zh: 'access key 的创建时间' },
  'describe-access-keys.owner': {
    en: 'whose keys; without it, the caller’s; another’s are for admins',
    zh: '查询谁的 access key，默认为调用者本人；查询他人的需要 admin',
  },
  'describe-access-keys.accessKeyIds': {
    en: 'only the keys with these ids',
    zh: '只查询这些 id 的 access key',
  },
  'change-access-key.status': {
    en: '`disabled` keeps the key from signing calls, `active` lets it again',
    zh: '`disabled` 停用，`active` 重新启用',
  },
  users: { en: 'the users', zh: '用户列表' },
  userIds: { en: 'ids of the users', zh: '用户 id 列表' },
  email: { en: 'where mails to the user go', zh: '用户的邮箱地址' },
  lastLoginTime: {
    en: 'when the user logged in last; not before the first time',
    zh: '最近一次登录的时间；从未登录时没有此项',
  },
  oldPassword: {
    en: 'the present password; an admin needs none for another user',
    zh: '当前密码；admin 修改他人密码时不需要',
  },
  newPassword: { en: 'the password to set', zh: '新密码' },
  confirmation: { en: 'the new password once more', zh: '再次输入新密码' },
  'users.status': { en: '`active` or `inactive`', zh: '`active` 或 `inactive`' },
  'users.createTime': { en: 'when the user was made', zh: '用户的创建时间' },
  'describe-users.role': { en: 'only users of this role', zh: '只查询该角色的用户' },
  'describe-users.status': { en: 'only users in this status', zh: '只查询该状态的用户' },
  'describe-users.userIds': { en: 'only users with these ids', zh: '只查询这些 id 的用户' },
  'describe-users.after': {
    en: 'continues where a page ended: the `next` of that page, with the same filters',
    zh: '从某一页的末尾继续：填写该页返回的 `next`，过滤条件保持不变',
  },
  'describe-users.offset': { en: 'how many users to skip', zh: '跳过的用户数量' },
  'describe-users.limit': {
    en: 'how many users a page may have; a larger number counts as the largest allowed',
    zh: '每页的用户数量；超过上限时按上限处理',
  },
  'create-user.userId': {
    en: 'id of the new user; without it, one is made up',
    zh: '新用户的 id，默认自动生成',
  },
  'create-user.password': {
    en: 'its first password; without it, a mail lets the user choose one',
    zh: '初始密码；不提供时，通过邮件由用户自行设置',
  },
  'create-user.role': { en: 'what the user may do; without it, `user`', zh: '用户角色，默认为 `user`' },
  'change-user.status': {
    en: '`inactive` keeps the user out from the next call on, `active` lets it in again',
    zh: '`inactive` 从下一次调用起禁止该用户，`active` 重新允许',
  },
  'change-password.userId': {
    en: 'whose password; without it, the caller’s',
    zh: '修改谁的密码，默认为调用者本人',
  },
  'revoke-tokens.userId': {
    en: 'whose tokens; without it, the caller’s',
    zh: '作废谁的 token，默认为调用者本人',
  },
  'activate-user.token': { en: 'the word in the mail', zh: '邮件中的 token' },
  'reset-password.token': { en: 'the word in the mail', zh: '邮件中的 token' },
  algorithm: { en: 'how a password is encrypted', zh: '加密密码所用的算法' },
  publicKey: { en: 'the public key, as PEM', zh: '公钥，PEM 格式' },

  userId: { en: 'id of the user', zh: '用户 id' },
  role: { en: 'what the user may do', zh: '用户角色' },
  name: { en: 'id of the user', zh: '用户 id' },
  password: { en: 'the user’s password', zh: '用户密码' },
  token: { en: 'the token for later calls; it is shown this once', zh: '后续调用所用的 token，只显示这一次' },
  expireTime: { en: 'until when the credentials hold', zh: '凭证的有效期' },
};

/**
 * What a property means.
 * @param place the operation whose input has it, or the list whose members have it
 * @throws Error where nobody has described it
 */
export function describeProperty(place: string | undefined, property: string): Description {
  const described = descriptions[`${place}.${property}`] ?? descriptions[property];
  if (!described)
    throw new Error(`schemas/descriptions.ts does not describe ${property} (${place ?? 'anywhere'})`);
  return described;
}
