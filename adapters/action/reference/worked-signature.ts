/**
 * A signature that anyone can recompute. It is one of the known answers that QingCloud's own clients agree on, and
 * its list has more than nine members, so it tells whether names or whole pairs were sorted.
 */
export const workedSignature = {
  secret: 'SECRETACCESSKEY',
  /** Method, path and parameters, as they are signed. */
  text: `GET
/iaas/
access_key_id=QYACCESSKEYIDEXAMPLE&action=DescribeJobs&jobs.1=j-00000001&jobs.10=j-00000010&jobs.11=j-00000011&jobs.2=j-00000002&jobs.3=j-00000003&jobs.4=j-00000004&jobs.5=j-00000005&jobs.6=j-00000006&jobs.7=j-00000007&jobs.8=j-00000008&jobs.9=j-00000009&signature_method=HmacSHA256&signature_version=1&time_stamp=2013-08-27T14%3A30%3A10Z&version=1&zone=pek3a`,
  signature: '6nuqTUJPl1ceKqTPc7bRiocxB/kj1AufGGOfpXK8QLc=',
} as const;

/** What makes the signature of the text in `$TEXT` on a command line. */
export const SIGN_WITH_OPENSSL = `printf %s "$TEXT" | openssl dgst -sha256 -hmac ${workedSignature.secret} -binary | base64`;

/** What every example expects of the shell. */
export const VARIABLES = `BASE=http://127.0.0.1:8080/iaas/
USER_ID=usr-00000000
PASSWORD_BASE64=$(printf %s 'the password' | base64)
JOB_ID=j-7mD0CU3n`;
