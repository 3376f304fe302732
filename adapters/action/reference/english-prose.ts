import { code, heading, label, list, paragraph, steps, table, type Block } from '../../wire/document.ts';
import type { Prose } from './prose.ts';
import { SIGN_WITH_OPENSSL, VARIABLES, workedSignature } from './worked-signature.ts';

const PARAMETER_HEAD = ['Parameter', 'Type', 'Required', 'Description', 'Values'] as const;
const FIELD_HEAD = ['Field', 'Type', 'Description'] as const;

const calling: readonly Block[] = [
  heading(2, 'How to call'),
  paragraph(
    'The action API has one path, `/iaas`, which is served with and without a slash at its end, without a redirect. The parameter `action` says what is to be done.',
  ),
  list(
    '**Request.** `GET` with a query, `POST` with a form, or `POST` with a JSON object: all alike. Names and values are case-sensitive.',
    '**Answer.** HTTP 200 and `Content-Type: application/json`, for failures too. `ret_code` says whether the call succeeded; 0 means that it did.',
    '**Lists.** `job_ids.1=…&job_ids.2=…` counts from 0 or from 1 and may have gaps; the numbers give the order. A JSON array does as well, and so does one bare value: `job_ids=…`.',
    '**Objects.** `resources` and `directive` are the text of a JSON object in a form, or parameters below them, as in `resources.node_ids.1=n-1`; in a JSON body they are objects. Secrets in them become `******` before they are stored, by the names of their keys.',
    '**Left out.** An empty value of an optional parameter counts as absent. Parameters that are not known, such as `zone`, `req_id` and `api_lang`, are ignored. A wrong value of a known one is refused, and so is one that is sent twice; the answer names all that are wrong.',
    '**Times.** Those that are sent are RFC 3339 with a time zone. How those that are answered are written depends on [the dialect](#two-dialects).',
  ),
  paragraph(
    'The examples below expect these variables. `JOB_ID` is a `job_id` that `CreateJob` answered; `ACCESS_KEY_ID` and `NEW_USER_ID` come from `CreateAccessKey` and `CreateUser`.',
  ),
  code('sh', VARIABLES),
];

const publicParameters: readonly Block[] = [
  heading(2, 'Public parameters'),
  paragraph('They go with every action.'),
  label('Request parameters'),
  table(PARAMETER_HEAD, [
    ['`action`', 'string', 'yes', 'name of the action', 'one of [the actions](#actions)'],
    ['`USER_ID`', 'string', 'unless signed', 'id of the user who calls', ''],
    [
      '`PASSWORD`',
      'string',
      'unless signed',
      'base64 of the user’s password, or `rsa:` and the base64 of its RSA-OAEP-SHA256 cipher text for the key at `/v1/auth/key`. In a URL it would end up in logs: there it is refused, unless the operator has set `PASSWORD_IN_QUERY=allow`',
      'base64',
    ],
    ['`lang`', 'string', 'no', 'language of messages', '`zh-CN` (the default), `en`'],
    ['`verbose`', 'integer', 'no', '1 and above: each job shows its `version`', ''],
  ]),
  label('Answer'),
  table(FIELD_HEAD, [
    [
      '`action`',
      'string',
      'the name of the action and `Response`; `ErrorResponse` where no name could be read',
    ],
    ['`ret_code`', 'integer', '0, or [what went wrong](#errors)'],
    ['`message`', 'string', 'only with a failure: what went wrong, in words'],
  ]),
];

const dialects: readonly Block[] = [
  heading(2, 'Two dialects'),
  paragraph(
    'The credentials of a call decide how its answer is written: a call with a password is answered in the first way, a signed one as QingCloud’s own clients can read it. The examples on this page are of the first kind.',
  ),
  table(
    ['', '`USER_ID` and `PASSWORD`', '`access_key_id` and `signature`'],
    [
      [
        'times in answers',
        '`2018-09-18 16:59:50`, in the time zone of the gateway (`ACTION_TIME_ZONE`, default `Asia/Shanghai`)',
        '`2018-09-18T08:59:50Z`, in UTC',
      ],
      ['`directive` of a job', 'an object', 'a string that holds the JSON'],
      [
        'fields of a job',
        'those named below',
        'also `status_time` and `resource_ids` (ids, separated by spaces)',
      ],
      ['default of `limit`', '100', '20'],
      [
        'the parameter `version`',
        'the version of the job that the caller saw',
        'the version of the API: 1, ignored',
      ],
      ['the parameter `job_version`', 'the version that the caller saw', 'the version that the caller saw'],
    ],
  ),
];

const signing: readonly Block[] = [
  heading(2, 'Signing a call'),
  paragraph(
    'A signed call carries no password, and may be a `GET`. The key and its secret are made with `CreateAccessKey`, or by an operator with `jobgate key add usr-…`.',
  ),
  table(PARAMETER_HEAD, [
    ['`access_key_id`', 'string', 'yes', 'id of the key', ''],
    ['`signature`', 'string', 'yes', 'made as below', 'base64'],
    ['`signature_method`', 'string', 'yes', 'how it was made', '`HmacSHA256`, `HmacSHA1`'],
    ['`signature_version`', 'integer', 'yes', 'version of these rules', '`1`'],
    [
      '`time_stamp`',
      'string',
      'yes',
      'when the call was signed; at most 60 seconds from the time of the server',
      '`YYYY-MM-DDThh:mm:ssZ`, in UTC',
    ],
    [
      '`expires`',
      'string',
      'no',
      'until when the call is good, in place of the 60 seconds; one hour after `time_stamp` at most',
      '`YYYY-MM-DDThh:mm:ssZ`, in UTC',
    ],
  ]),
  steps(
    'Take every parameter of the query (`GET`) or of the form (`POST`) except `signature`, empty ones too.',
    'Percent-encode names and values as UTF-8. `A–Z a–z 0–9 - _ . ~` stay, a space is `%20` and not `+`, hexadecimal digits are capitals.',
    'Sort by the bytes of the names: `jobs.1`, `jobs.10`, `jobs.2`. Write each as `name=value` and join them with `&`.',
    'The text to sign is the method, the path and this, each but the last followed by a line feed. Method and path are those that reach the server: `/iaas` and `/iaas/` give different signatures.',
    'The signature is the base64 of the HMAC of the text with the secret. It is sent percent-encoded, since base64 may have a `+`.',
  ),
  paragraph(`With the secret \`${workedSignature.secret}\`, this text`),
  code('text', workedSignature.text),
  paragraph(`gives \`${workedSignature.signature}\`. On a command line, with the text in \`$TEXT\`:`),
  code('sh', SIGN_WITH_OPENSSL),
  list(
    'A signature that does not fit is answered with 1200 and the text that the server signed, as `string_to_sign`. Compare it with yours: the first difference is the mistake. Often it is a proxy that changed the path.',
    'A call whose time is past, or too far ahead, is answered with 1300 and the server’s time, as `server_time`; the header `Date` of every answer gives it, too.',
    'A signed call that changes something acts once: sent again, it is answered what it came to the first time. `CreateAccessKey` is refused the second time instead, since its secret is not kept.',
    'All parameters of the query and of the body are signed together; a client that sends them in one place signs just these. Of a JSON body, what is no text is signed as its JSON.',
  ),
];

/** The reference's words in English. */
export const englishProse: Prose = {
  title: 'jobgate: reference of the action API',
  contents: 'Contents',
  opening: [...calling, ...publicParameters, ...dialects, ...signing],
  actions: 'Actions',
  who: (text) => `**Who:** ${text}.`,
  request: 'Request parameters',
  noParameters: 'None beside the public ones.',
  parameterHead: PARAMETER_HEAD,
  alias: (name, alias) => `${name} or ${alias}`,
  yes: 'yes',
  no: 'no',
  absent: (value) => `default ${value}`,
  comma: '; ',
  answer: 'Answer',
  fieldHead: FIELD_HEAD,
  optional: (text) => `${text} (optional)`,
  example: 'Example',
  errors: [
    heading(2, 'Errors'),
    paragraph(
      'A failure is answered with HTTP 200, too. Its message begins with a word that programs can look for:',
    ),
    code(
      'json',
      '{\n  "action": "DescribeJobsResponse",\n  "ret_code": 1100,\n  "message": "InvalidParameter, wrong parameters: limit must be an integer"\n}',
    ),
    paragraph(
      'After 2500 and 5100 the header `Retry-After` says how many seconds to wait. A change that was answered with 5100, or not at all, may have been made: send it again with the same `client_token`, or look at the job first.',
    ),
  ],
  errorHead: ['`ret_code`', 'Message begins with', 'Reason', 'and goes on (`lang=en`)', 'or (`lang=zh-CN`)'],
};
