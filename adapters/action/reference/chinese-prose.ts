import { code, heading, label, list, paragraph, steps, table, type Block } from '../../wire/document.ts';
import type { Prose } from './prose.ts';
import { SIGN_WITH_OPENSSL, VARIABLES, workedSignature } from './worked-signature.ts';

const PARAMETER_HEAD = ['参数名', '类型', '必需', '描述', '取值'] as const;
const FIELD_HEAD = ['参数名', '类型', '描述'] as const;

const calling: readonly Block[] = [
  heading(2, '调用方式'),
  paragraph(
    'action API 只有一个路径 `/iaas`，末尾带不带斜杠均可，不做重定向。参数 `action` 指明要执行的动作。',
  ),
  list(
    '**请求。** `GET` 加查询串、`POST` 表单、`POST` JSON 对象，三者等价。名称和值都区分大小写。',
    '**返回。** 一律为 HTTP 200 和 `Content-Type: application/json`，失败时也是如此。是否成功看 `ret_code`，0 表示成功。',
    '**列表。** 写作 `job_ids.1=…&job_ids.2=…`，从 0 或 1 开始编号，允许缺号，按编号排序。也可以用 JSON 数组；只有一个值时可直接写 `job_ids=…`。',
    '**对象。** `resources` 和 `directive` 在表单中写成 JSON 对象的文本，或展开为下级参数，例如 `resources.node_ids.1=n-1`；在 JSON 请求体中就是对象。其中的机密按键名识别，存储前替换为 `******`。',
    '**省略。** 可选参数的空值视为未提供。未知参数（例如 `zone`、`req_id`、`api_lang`）会被忽略。已知参数的值有误或重复出现则拒绝，返回信息会列出全部有误的参数。',
    '**时间。** 请求中的时间采用带时区的 RFC 3339 格式；返回中的时间格式取决于[方言](#两种方言)。',
  ),
  paragraph(
    '下文的示例用到以下变量，其中 `JOB_ID` 取自 `CreateJob` 返回的 `job_id`；`ACCESS_KEY_ID`、`NEW_USER_ID` 分别来自 `CreateAccessKey` 和 `CreateUser`。',
  ),
  code('sh', VARIABLES),
];

const publicParameters: readonly Block[] = [
  heading(2, '公共参数'),
  paragraph('适用于所有 action。'),
  label('请求参数'),
  table(PARAMETER_HEAD, [
    ['`action`', 'string', '是', 'API 动作', '见[全部动作](#全部动作)'],
    ['`USER_ID`', 'string', '未签名时', '调用者的用户 id', ''],
    [
      '`PASSWORD`',
      'string',
      '未签名时',
      '用户密码的 base64；或 `rsa:` 后接密文的 base64，密文用 `/v1/auth/key` 给出的公钥以 RSA-OAEP-SHA256 加密得到。放在 URL 中会被写入日志，因此会被拒绝，除非运维人员设置了 `PASSWORD_IN_QUERY=allow`',
      'base64',
    ],
    ['`lang`', 'string', '否', '返回信息的语言', '`zh-CN`（默认）、`en`'],
    ['`verbose`', 'integer', '否', '不小于 1 时，每个作业附带 `version`', ''],
  ]),
  label('返回参数'),
  table(FIELD_HEAD, [
    ['`action`', 'string', 'action 名称加 `Response`；无法识别名称时为 `ErrorResponse`'],
    ['`ret_code`', 'integer', '0 表示成功，其他值见[错误码](#错误码)'],
    ['`message`', 'string', '仅在失败时返回，说明失败的原因'],
  ]),
];

const dialects: readonly Block[] = [
  heading(2, '两种方言'),
  paragraph(
    '返回的写法由调用所用的凭证决定：用密码调用的程序得到一贯的写法，用签名调用的程序得到青云官方客户端能读取的写法。本页示例均为前者。',
  ),
  table(
    ['', '`USER_ID` 和 `PASSWORD`', '`access_key_id` 和 `signature`'],
    [
      [
        '返回中的时间',
        '`2018-09-18 16:59:50`，采用网关的时区（`ACTION_TIME_ZONE`，默认 `Asia/Shanghai`）',
        '`2018-09-18T08:59:50Z`，UTC',
      ],
      ['作业的 `directive`', '对象', '内容为 JSON 的字符串'],
      ['作业的字段', '见下文', '另有 `status_time` 和 `resource_ids`（以空格分隔的 id）'],
      ['`limit` 的默认值', '100', '20'],
      ['参数 `version`', '调用者所见的作业版本', 'API 的版本，为 1，不起作用'],
      ['参数 `job_version`', '调用者所见的作业版本', '调用者所见的作业版本'],
    ],
  ),
];

const signing: readonly Block[] = [
  heading(2, '签名'),
  paragraph(
    '签名的调用不携带密码，可以使用 `GET`。密钥由 `CreateAccessKey` 创建，也可以由运维人员用 `jobgate key add usr-…` 创建。',
  ),
  table(PARAMETER_HEAD, [
    ['`access_key_id`', 'string', '是', '密钥 id', ''],
    ['`signature`', 'string', '是', '签名，算法见下', 'base64'],
    ['`signature_method`', 'string', '是', '签名方法', '`HmacSHA256`、`HmacSHA1`'],
    ['`signature_version`', 'integer', '是', '签名规则的版本', '`1`'],
    [
      '`time_stamp`',
      'string',
      '是',
      '签名的时间，与服务器时间相差不得超过 60 秒',
      '`YYYY-MM-DDThh:mm:ssZ`，UTC',
    ],
    [
      '`expires`',
      'string',
      '否',
      '调用的有效期，代替上述 60 秒；最长为 `time_stamp` 之后一小时',
      '`YYYY-MM-DDThh:mm:ssZ`，UTC',
    ],
  ]),
  steps(
    '取查询串（`GET`）或表单（`POST`）中除 `signature` 以外的全部参数，空值也算在内。',
    '名称和值按 UTF-8 做百分号编码：`A–Z a–z 0–9 - _ . ~` 保持不变，空格编码为 `%20` 而不是 `+`，十六进制数字用大写。',
    '按名称的字节序排序：`jobs.1`、`jobs.10`、`jobs.2`。每个参数写成 `名称=值`，再用 `&` 连接。',
    '待签名文本依次为方法、路径和上面的结果，前两者之后各有一个换行符。方法和路径以服务器收到的为准：`/iaas` 与 `/iaas/` 的签名不同。',
    '用密钥对该文本计算 HMAC，取 base64 即为签名。base64 中可能有 `+`，发送时必须做百分号编码。',
  ),
  paragraph(`密钥为 \`${workedSignature.secret}\` 时，以下文本`),
  code('text', workedSignature.text),
  paragraph(`的签名是 \`${workedSignature.signature}\`。把文本放进变量 \`$TEXT\`，可在命令行验证：`),
  code('sh', SIGN_WITH_OPENSSL),
  list(
    '签名不符时返回 1200，并在 `string_to_sign` 中给出服务器实际签名的文本。与自己的文本比对，第一处不同就是问题所在；常见原因是代理改写了路径。',
    '时间已过期或过于超前时返回 1300，并在 `server_time` 中给出服务器的时间。每个返回的 `Date` 头中也有服务器时间。',
    '会产生变更的签名调用只执行一次：再次发送同一个签名请求，得到的是第一次的结果。`CreateAccessKey` 例外，其密钥不会保留，第二次会被拒绝。',
    '查询串和请求体中的参数一并签名；客户端只在一处放参数时，签的就是这些参数。JSON 请求体中不是字符串的值，按其 JSON 文本签名。',
  ),
];

/** The reference's words in Chinese. */
export const chineseProse: Prose = {
  title: 'jobgate：action API 参考',
  contents: '目录',
  opening: [...calling, ...publicParameters, ...dialects, ...signing],
  actions: '全部动作',
  who: (text) => `**权限：** ${text}。`,
  request: '请求参数',
  noParameters: '除公共参数外，无。',
  parameterHead: PARAMETER_HEAD,
  alias: (name, alias) => `${name} 或 ${alias}`,
  yes: '是',
  no: '否',
  absent: (value) => `默认 ${value}`,
  comma: '；',
  answer: '返回参数',
  fieldHead: FIELD_HEAD,
  optional: (text) => `${text}（可选）`,
  example: '示例',
  errors: [
    heading(2, '错误码'),
    paragraph('失败时同样返回 HTTP 200。返回信息以一个固定的单词开头，供程序识别：'),
    code(
      'json',
      '{\n  "action": "DescribeJobsResponse",\n  "ret_code": 1100,\n  "message": "InvalidParameter, 参数错误：limit 应为整数"\n}',
    ),
    paragraph(
      '返回 2500 和 5100 时，`Retry-After` 头给出应等待的秒数。修改类的调用返回 5100 或没有收到返回时，修改可能已经完成：请用同一个 `client_token` 重新发送，或先查询作业。',
    ),
  ],
  errorHead: ['`ret_code`', '返回信息的开头', '原因', '后续内容（`lang=en`）', '后续内容（`lang=zh-CN`）'],
};
