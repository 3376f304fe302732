// Written by scripts/client-types.ts from the OpenAPI document: run `npm run client-types`.

export type Job = {
  /** id of the job */
  readonly jobId: string;
  /** type of the job, such as `neonsan` */
  readonly jobType: string;
  /** what the job does, such as `ScaleNeonSAN` */
  readonly jobAction: string;
  /** id of the user whose job it is */
  readonly owner: string;
  /** present status: `pending`, a word of progress, or at the end `successful`, `failed`, `canceled` or `done with failure` */
  readonly status: string;
  /** the status before; empty at first */
  readonly preStatus: string;
  /** what the job works on: any JSON object, kept as it came except for its secrets */
  readonly resources: Readonly<Record<string, unknown>>;
  /** the request that started the job: any JSON object, kept as it came except for its secrets */
  readonly directive?: Readonly<Record<string, unknown>>;
  /** when the job was created */
  readonly createTime: string;
  /** when the job was last changed */
  readonly updateTime: string;
  /** rises by one with each change of the job */
  readonly version: number;
};

export type AccessKey = {
  /** id of the access key */
  readonly accessKeyId: string;
  /** what the key is called, to tell it from others */
  readonly accessKeyName: string;
  /** id of the user whose key it is */
  readonly owner: string;
  /** `active` or `disabled` */
  readonly status: 'active' | 'disabled';
  /** when the key was made */
  readonly createTime: string;
  /** when it signed a call last, to about a minute; not before the first */
  readonly lastUsedTime?: string;
};

/** the gateway failed; the cause is in its log */
export type Internal = {
  readonly code: 10000;
  readonly data: {
    /** what went wrong, for people */
    readonly message: string;
    /** what went wrong, for programs */
    readonly reason: 'internal';
    /** as in the header X-Request-Id */
    readonly requestId: string;
  };
};

/** the service is not available now, try again later */
export type Unavailable = {
  readonly code: 10000;
  readonly data: {
    /** what went wrong, for people */
    readonly message: string;
    /** what went wrong, for programs */
    readonly reason: 'unavailable';
    /** as in the header X-Request-Id */
    readonly requestId: string;
  };
};

/** wrong parameters */
export type InvalidParameter = {
  readonly code: 10001;
  readonly data: {
    /** what went wrong, for people */
    readonly message: string;
    /** what went wrong, for programs */
    readonly reason: 'invalid_parameter';
    /** every wrong parameter by its name, and what is wrong with it */
    readonly parameters?: Readonly<Record<string, string>>;
    /** as in the header X-Request-Id */
    readonly requestId: string;
  };
};

/** the request cannot be read */
export type MalformedRequest = {
  readonly code: 10008;
  readonly data: {
    /** what went wrong, for people */
    readonly message: string;
    /** what went wrong, for programs */
    readonly reason: 'malformed_request';
    /** as in the header X-Request-Id */
    readonly requestId: string;
  };
};

/** the credentials are missing, wrong or expired */
export type Unauthenticated = {
  readonly code: 10002;
  readonly data: {
    /** what went wrong, for people */
    readonly message: string;
    /** what went wrong, for programs */
    readonly reason: 'unauthenticated';
    /** as in the header X-Request-Id */
    readonly requestId: string;
  };
};

/** you may not do this */
export type PermissionDenied = {
  readonly code: 10010;
  readonly data: {
    /** what went wrong, for people */
    readonly message: string;
    /** what went wrong, for programs */
    readonly reason: 'permission_denied';
    /** as in the header X-Request-Id */
    readonly requestId: string;
  };
};

/** no such job */
export type JobNotFound = {
  readonly code: 13001;
  readonly data: {
    /** what went wrong, for people */
    readonly message: string;
    /** what went wrong, for programs */
    readonly reason: 'job_not_found';
    /** the job that is meant */
    readonly jobId?: string;
    /** as in the header X-Request-Id */
    readonly requestId: string;
  };
};

/** no such resource */
export type ResourceNotFound = {
  readonly code: 10009;
  readonly data: {
    /** what went wrong, for people */
    readonly message: string;
    /** what went wrong, for programs */
    readonly reason: 'resource_not_found';
    /** as in the header X-Request-Id */
    readonly requestId: string;
  };
};

/** this filter is not supported */
export type UnsupportedQueryBy = {
  readonly code: 13002;
  readonly data: {
    /** what went wrong, for people */
    readonly message: string;
    /** what went wrong, for programs */
    readonly reason: 'unsupported_query_by';
    /** every wrong parameter by its name, and what is wrong with it */
    readonly parameters?: Readonly<Record<string, string>>;
    /** as in the header X-Request-Id */
    readonly requestId: string;
  };
};

/** wrong page */
export type InvalidPage = {
  readonly code: 10010;
  readonly data: {
    /** what went wrong, for people */
    readonly message: string;
    /** what went wrong, for programs */
    readonly reason: 'invalid_page';
    /** every wrong parameter by its name, and what is wrong with it */
    readonly parameters?: Readonly<Record<string, string>>;
    /** as in the header X-Request-Id */
    readonly requestId: string;
  };
};

/** wrong per_page */
export type InvalidPerPage = {
  readonly code: 10011;
  readonly data: {
    /** what went wrong, for people */
    readonly message: string;
    /** what went wrong, for programs */
    readonly reason: 'invalid_per_page';
    /** every wrong parameter by its name, and what is wrong with it */
    readonly parameters?: Readonly<Record<string, string>>;
    /** as in the header X-Request-Id */
    readonly requestId: string;
  };
};

/** wrong sort_by */
export type InvalidSort = {
  readonly code: 10013;
  readonly data: {
    /** what went wrong, for people */
    readonly message: string;
    /** what went wrong, for programs */
    readonly reason: 'invalid_sort';
    /** every wrong parameter by its name, and what is wrong with it */
    readonly parameters?: Readonly<Record<string, string>>;
    /** as in the header X-Request-Id */
    readonly requestId: string;
  };
};

/** wrong order */
export type InvalidOrder = {
  readonly code: 10014;
  readonly data: {
    /** what went wrong, for people */
    readonly message: string;
    /** what went wrong, for programs */
    readonly reason: 'invalid_order';
    /** every wrong parameter by its name, and what is wrong with it */
    readonly parameters?: Readonly<Record<string, string>>;
    /** as in the header X-Request-Id */
    readonly requestId: string;
  };
};

/** this is not allowed as things stand */
export type OperationNotAllowed = {
  readonly code: 10015;
  readonly data: {
    /** what went wrong, for people */
    readonly message: string;
    /** what went wrong, for programs */
    readonly reason: 'operation_not_allowed';
    /** the job that is meant */
    readonly jobId?: string;
    /** the job’s present status */
    readonly status?: string;
    /** as in the header X-Request-Id */
    readonly requestId: string;
  };
};

/** the job was changed meanwhile */
export type VersionConflict = {
  readonly code: 10016;
  readonly data: {
    /** what went wrong, for people */
    readonly message: string;
    /** what went wrong, for programs */
    readonly reason: 'version_conflict';
    /** the job that is meant */
    readonly jobId?: string;
    /** the job’s present version */
    readonly version?: number;
    /** as in the header X-Request-Id */
    readonly requestId: string;
  };
};

/** this key was used with another request */
export type IdempotencyConflict = {
  readonly code: 10017;
  readonly data: {
    /** what went wrong, for people */
    readonly message: string;
    /** what went wrong, for programs */
    readonly reason: 'idempotency_conflict';
    /** as in the header X-Request-Id */
    readonly requestId: string;
  };
};

/** too many requests, try again later */
export type RateLimited = {
  readonly code: 10018;
  readonly data: {
    /** what went wrong, for people */
    readonly message: string;
    /** what went wrong, for programs */
    readonly reason: 'rate_limited';
    /** as in the header X-Request-Id */
    readonly requestId: string;
  };
};

/** this user exists already */
export type UserExists = {
  readonly code: 11003;
  readonly data: {
    /** what went wrong, for people */
    readonly message: string;
    /** what went wrong, for programs */
    readonly reason: 'user_exists';
    /** as in the header X-Request-Id */
    readonly requestId: string;
  };
};

/** no such user */
export type UserNotFound = {
  readonly code: 11004;
  readonly data: {
    /** what went wrong, for people */
    readonly message: string;
    /** what went wrong, for programs */
    readonly reason: 'user_not_found';
    /** as in the header X-Request-Id */
    readonly requestId: string;
  };
};

/** this user is not active */
export type UserInactive = {
  readonly code: 11005;
  readonly data: {
    /** what went wrong, for people */
    readonly message: string;
    /** what went wrong, for programs */
    readonly reason: 'user_inactive';
    /** as in the header X-Request-Id */
    readonly requestId: string;
  };
};

/** wrong user or password */
export type WrongPassword = {
  readonly code: 11006;
  readonly data: {
    /** what went wrong, for people */
    readonly message: string;
    /** what went wrong, for programs */
    readonly reason: 'wrong_password';
    /** as in the header X-Request-Id */
    readonly requestId: string;
  };
};

/** the token is wrong or was used */
export type TokenInvalid = {
  readonly code: 11007;
  readonly data: {
    /** what went wrong, for people */
    readonly message: string;
    /** what went wrong, for programs */
    readonly reason: 'token_invalid';
    /** as in the header X-Request-Id */
    readonly requestId: string;
  };
};

/** this user is active already */
export type UserAlreadyActive = {
  readonly code: 11009;
  readonly data: {
    /** what went wrong, for people */
    readonly message: string;
    /** what went wrong, for programs */
    readonly reason: 'user_already_active';
    /** as in the header X-Request-Id */
    readonly requestId: string;
  };
};

/** the activation failed */
export type ActivationFailed = {
  readonly code: 11010;
  readonly data: {
    /** what went wrong, for people */
    readonly message: string;
    /** what went wrong, for programs */
    readonly reason: 'activation_failed';
    /** as in the header X-Request-Id */
    readonly requestId: string;
  };
};

/** this address is not registered */
export type EmailNotRegistered = {
  readonly code: 11011;
  readonly data: {
    /** what went wrong, for people */
    readonly message: string;
    /** what went wrong, for programs */
    readonly reason: 'email_not_registered';
    /** as in the header X-Request-Id */
    readonly requestId: string;
  };
};

/** the reset link is wrong or was used */
export type ResetLinkInvalid = {
  readonly code: 11012;
  readonly data: {
    /** what went wrong, for people */
    readonly message: string;
    /** what went wrong, for programs */
    readonly reason: 'reset_link_invalid';
    /** as in the header X-Request-Id */
    readonly requestId: string;
  };
};

/** the two passwords differ */
export type PasswordsDiffer = {
  readonly code: 11013;
  readonly data: {
    /** what went wrong, for people */
    readonly message: string;
    /** what went wrong, for programs */
    readonly reason: 'passwords_differ';
    /** as in the header X-Request-Id */
    readonly requestId: string;
  };
};

/** What every failure tells, whichever it is. */

export interface Failure {
  readonly code: (
    | Internal
    | Unavailable
    | InvalidParameter
    | MalformedRequest
    | Unauthenticated
    | PermissionDenied
    | JobNotFound
    | ResourceNotFound
    | UnsupportedQueryBy
    | InvalidPage
    | InvalidPerPage
    | InvalidSort
    | InvalidOrder
    | OperationNotAllowed
    | VersionConflict
    | IdempotencyConflict
    | RateLimited
    | UserExists
    | UserNotFound
    | UserInactive
    | WrongPassword
    | TokenInvalid
    | UserAlreadyActive
    | ActivationFailed
    | EmailNotRegistered
    | ResetLinkInvalid
    | PasswordsDiffer
  )['code'];
  readonly data: {
    readonly message: string;
    readonly reason: (
      | Internal
      | Unavailable
      | InvalidParameter
      | MalformedRequest
      | Unauthenticated
      | PermissionDenied
      | JobNotFound
      | ResourceNotFound
      | UnsupportedQueryBy
      | InvalidPage
      | InvalidPerPage
      | InvalidSort
      | InvalidOrder
      | OperationNotAllowed
      | VersionConflict
      | IdempotencyConflict
      | RateLimited
      | UserExists
      | UserNotFound
      | UserInactive
      | WrongPassword
      | TokenInvalid
      | UserAlreadyActive
      | ActivationFailed
      | EmailNotRegistered
      | ResetLinkInvalid
      | PasswordsDiffer
    )['data']['reason'];
    readonly parameters?: Readonly<Record<string, string>>;
    readonly jobId?: string;
    readonly status?: string;
    readonly version?: number;
    readonly requestId: string;
  };
}

/** What each operation takes, and the `data` that it answers. */

export interface Operations {
  /** List jobs, newest first, or the jobs with the given ids in the order asked. Who may call it: each user for its own jobs; operators and admins for all. */
  describeJobs: {
    readonly input?: {
      readonly query?: {
        /** only jobs with these ids, in the order given; ids that no visible job has are left out */
        readonly job_ids?: readonly string[];
        /** only jobs that do this, or any of several */
        readonly job_action?: readonly string[];
        /** only jobs of this type, or of any of several */
        readonly job_type?: readonly string[];
        /** only jobs of this user, or of any of several; another’s are for operators and admins */
        readonly owner?: readonly string[];
        /** only jobs in this status, or in any of several */
        readonly status?: readonly string[];
        /** only jobs that were in this status before, or in any of several */
        readonly pre_status?: readonly string[];
        /** only jobs created after this moment */
        readonly created_after?: string;
        /** only jobs created before this moment */
        readonly created_before?: string;
        /** the time to sort by; without it, the time of creation */
        readonly sort_by?: 'create_time' | 'update_time';
        /** direction of the order; without it, newest first */
        readonly order?: 'asc' | 'desc';
        /** continues where a page ended: the `next` of that page, with the same filters */
        readonly after?: string;
        /** number of the page, from 1 */
        readonly page?: number;
        /** how many a page has at the most */
        readonly per_page?: number;
        /** names filters whose values stand in the parameters of those names; filters work without it too */
        readonly query_by?: readonly (
          | 'job_ids'
          | 'job_action'
          | 'job_type'
          | 'owner'
          | 'status'
          | 'pre_status'
          | 'created_after'
          | 'created_before'
        )[];
      };
    };
    readonly data: {
      /** the jobs */
      readonly jobs: readonly Job[];
      /** how many jobs match in all, not only on this page */
      readonly total: number;
      /** number of the page, from 1 */
      readonly page?: number;
      /** how many a page has at the most */
      readonly perPage: number;
      /** where the next page begins; not on the last page */
      readonly next?: string;
    };
  };
  /** Create a job; it begins pending. Who may call it: each user for itself; operators and admins for any user. */
  createJob: {
    readonly input: {
      readonly headers?: {
        /** a key of the caller’s own making: within 24 hours the same request with the same key gets the same answer and has no second effect */
        readonly 'Idempotency-Key'?: string;
      };
      readonly body: {
        /** type of the job, such as `neonsan` */
        readonly jobType: string;
        /** what the job does, such as `ScaleNeonSAN` */
        readonly jobAction: string;
        /** what the job works on: any JSON object, kept as it came except for its secrets */
        readonly resources?: Readonly<Record<string, unknown>>;
        /** the request that started the job: any JSON object, kept as it came except for its secrets */
        readonly directive?: Readonly<Record<string, unknown>>;
        /** whose job it is to be; without it, the caller’s; another’s is for operators and admins */
        readonly owner?: string;
      };
    };
    readonly data: Job;
  };
  /** Show one job. Who may call it: each user for its own jobs; operators and admins for all. */
  describeJob: {
    readonly input: {
      readonly path: {
        /** id of the job */
        readonly job_id: string;
      };
    };
    readonly data: Job;
  };
  /** Replace what a job is about; what is left out is cleared. A finished job stays as it is. Who may call it: each user for its own jobs; operators and admins for all. */
  replaceJob: {
    readonly input: {
      readonly path: {
        /** id of the job */
        readonly job_id: string;
      };
      readonly headers?: {
        /** the version that the caller saw, or several; the change is refused if the job has another one */
        readonly 'If-Match'?: string;
      };
      readonly body: {
        /** type of the job, such as `neonsan` */
        readonly jobType: string;
        /** what the job does, such as `ScaleNeonSAN` */
        readonly jobAction: string;
        /** what the job works on: any JSON object; left out, it becomes empty */
        readonly resources?: Readonly<Record<string, unknown>>;
        /** the request that started the job: any JSON object; left out, it is removed */
        readonly directive?: Readonly<Record<string, unknown>>;
      };
    };
    readonly data: Job;
  };
  /** Report a job’s progress or its end. A final status stays; the present status changes nothing. Who may call it: operators and admins. */
  reportJob: {
    readonly input: {
      readonly path: {
        /** id of the job */
        readonly job_id: string;
      };
      readonly headers?: {
        /** the version that the caller saw, or several; the change is refused if the job has another one */
        readonly 'If-Match'?: string;
      };
      readonly body: {
        /** the status to report: a word of progress of your own, or one of the four final ones; never `pending` */
        readonly status: string;
        /** a remark for the timeline */
        readonly note?: string;
      };
    };
    readonly data: Job;
  };
  /** Hide a finished job: no reader sees it any more. Who may call it: each user for its own jobs; admins for all. */
  hideJob: {
    readonly input: {
      readonly path: {
        /** id of the job */
        readonly job_id: string;
      };
      readonly headers?: {
        /** the version that the caller saw, or several; the change is refused if the job has another one */
        readonly 'If-Match'?: string;
      };
    };
    readonly data: Readonly<Record<string, never>>;
  };
  /** Show the newest job, of one type or of any. Who may call it: each user for its own jobs; operators and admins for all. */
  describeLatestJob: {
    readonly input?: {
      readonly query?: {
        /** only jobs of this type */
        readonly job_type?: string;
      };
    };
    readonly data: Job;
  };
  /** Show every change of a job, oldest first. Who may call it: each user for its own jobs; operators and admins for all. */
  describeJobTimeline: {
    readonly input: {
      readonly path: {
        /** id of the job */
        readonly job_id: string;
      };
    };
    readonly data: {
      /** id of the job */
      readonly jobId: string;
      /** every change of the job, oldest first */
      readonly timeline: readonly {
        /** the job’s version since this change */
        readonly version: number;
        /** the status since this change */
        readonly status: string;
        /** the status before */
        readonly preStatus: string;
        /** when it was */
        readonly time: string;
        /** who made the change */
        readonly userId: string;
        /** the remark that came with it */
        readonly note: string;
      }[];
    };
  };
  /** Cancel a job that is not finished. Who may call it: each user for its own jobs; operators and admins for all. */
  cancelJob: {
    readonly input: {
      readonly path: {
        /** id of the job */
        readonly job_id: string;
      };
      readonly headers?: {
        /** the version that the caller saw, or several; the change is refused if the job has another one */
        readonly 'If-Match'?: string;
        /** a key of the caller’s own making: within 24 hours the same request with the same key gets the same answer and has no second effect */
        readonly 'Idempotency-Key'?: string;
      };
      readonly body?: {
        /** a remark for the timeline */
        readonly note?: string;
      };
    };
    readonly data: Job;
  };
  /** Log in with a password and get a token. Who may call it: anyone. */
  logIn: {
    readonly input: {
      readonly headers?: {
        /** taken as by every POST, and not remembered: each log-in gives a token of its own, since none is stored that could be given again, and one more does no harm */
        readonly 'Idempotency-Key'?: string;
      };
      readonly body: {
        /** id of the user */
        readonly name: string;
        /** the user’s password */
        readonly password: string;
      };
    };
    readonly data: {
      /** the token for later calls; it is shown this once */
      readonly token: string;
      /** until when the credentials hold */
      readonly expireTime: string;
    };
  };
  /** Tell whose credentials these are, and until when they hold. Who may call it: each user. */
  describeSession: {
    readonly input?: {};
    readonly data: {
      /** id of the user */
      readonly userId: string;
      /** what the user may do */
      readonly role: 'user' | 'operator' | 'admin';
      /** until when the credentials hold */
      readonly expireTime?: string;
    };
  };
  /** Log out: the token of this call ends at once. Who may call it: each user. */
  logOut: { readonly input?: {}; readonly data: Readonly<Record<string, never>> };
  /** Show the public key that passwords may be encrypted with. Who may call it: anyone. */
  describePasswordKey: {
    readonly input?: {};
    readonly data: {
      /** how a password is encrypted */
      readonly algorithm: 'RSA-OAEP-SHA256';
      /** the public key, as PEM */
      readonly publicKey: string;
    };
  };
  /** List the access keys of one user, oldest first, without their secrets. Who may call it: each user for its own keys; admins for those of any user. */
  describeAccessKeys: {
    readonly input?: {
      readonly query?: {
        /** only the keys with these ids */
        readonly access_key_ids?: readonly string[];
        /** whose keys; without it, the caller’s; another’s are for admins */
        readonly owner?: string;
      };
    };
    readonly data: {
      /** the access keys */
      readonly accessKeys: readonly AccessKey[];
      /** how many jobs match in all, not only on this page */
      readonly total: number;
    };
  };
  /** Make an access key to sign calls with. Its secret is shown this once. Who may call it: each user for its own keys; admins for those of any user. */
  createAccessKey: {
    readonly input?: {
      readonly headers?: {
        /** a key of the caller’s own making: within 24 hours the same request with the same key gets the same answer and has no second effect */
        readonly 'Idempotency-Key'?: string;
      };
      readonly body?: {
        /** what the key is called, to tell it from others */
        readonly accessKeyName?: string;
        /** whose key it is to be; without it, the caller’s; another’s is for admins */
        readonly owner?: string;
      };
    };
    readonly data: {
      /** id of the access key */
      readonly accessKeyId: string;
      /** what the key is called, to tell it from others */
      readonly accessKeyName: string;
      /** whose key it is to be; without it, the caller’s; another’s is for admins */
      readonly owner: string;
      /** `active` or `disabled` */
      readonly status: 'active' | 'disabled';
      /** when the key was made */
      readonly createTime: string;
      /** when it signed a call last, to about a minute; not before the first */
      readonly lastUsedTime?: string;
      /** what calls are signed with; it is shown this once */
      readonly secretAccessKey: string;
    };
  };
  /** Show one access key, without its secret. Who may call it: each user for its own keys; admins for those of any user. */
  describeAccessKey: {
    readonly input: {
      readonly path: {
        /** id of the access key */
        readonly access_key_id: string;
      };
    };
    readonly data: AccessKey;
  };
  /** Rename, disable or enable an access key. A disabled one signs no call from now on. Who may call it: each user for its own keys; admins for those of any user. */
  changeAccessKey: {
    readonly input: {
      readonly path: {
        /** id of the access key */
        readonly access_key_id: string;
      };
      readonly body?: {
        /** what the key is called, to tell it from others */
        readonly accessKeyName?: string;
        /** `disabled` keeps the key from signing calls, `active` lets it again */
        readonly status?: 'active' | 'disabled';
      };
    };
    readonly data: AccessKey;
  };
  /** Remove an access key. It signs no call from now on. Who may call it: each user for its own keys; admins for those of any user. */
  removeAccessKey: {
    readonly input: {
      readonly path: {
        /** id of the access key */
        readonly access_key_id: string;
      };
    };
    readonly data: Readonly<Record<string, never>>;
  };
  /** List users by id; who is no admin sees itself alone. Who may call it: admins; anyone else sees itself alone. */
  describeUsers: {
    readonly input?: {
      readonly query?: {
        /** only users with these ids */
        readonly user_ids?: readonly string[];
        /** only users of this role */
        readonly role?: 'user' | 'operator' | 'admin';
        /** only users in this status */
        readonly status?: 'active' | 'inactive';
        /** continues where a page ended: the `next` of that page, with the same filters */
        readonly after?: string;
        /** number of the page, from 1 */
        readonly page?: number;
        /** how many a page has at the most */
        readonly per_page?: number;
      };
    };
    readonly data: {
      /** the users */
      readonly users: readonly {
        /** id of the user */
        readonly userId: string;
        /** what the user may do */
        readonly role: 'user' | 'operator' | 'admin';
        /** `active` or `inactive` */
        readonly status: 'active' | 'inactive';
        /** where mails to the user go */
        readonly email?: string;
        /** when the user was made */
        readonly createTime: string;
        /** when the user logged in last; not before the first time */
        readonly lastLoginTime?: string;
      }[];
      /** how many jobs match in all, not only on this page */
      readonly total: number;
      /** number of the page, from 1 */
      readonly page?: number;
      /** how many a page has at the most */
      readonly perPage: number;
      /** where the next page begins; not on the last page */
      readonly next?: string;
    };
  };
  /** Create a user, with a password, or with an e-mail address to which an invitation is sent. Who may call it: admins. */
  createUser: {
    readonly input?: {
      readonly headers?: {
        /** a key of the caller’s own making: within 24 hours the same request with the same key gets the same answer and has no second effect */
        readonly 'Idempotency-Key'?: string;
      };
      readonly body?: {
        /** id of the new user; without it, one is made up */
        readonly userId?: string;
        /** what the user may do; without it, `user` */
        readonly role?: 'user' | 'operator' | 'admin';
        /** where mails to the user go */
        readonly email?: string;
        /** its first password; without it, a mail lets the user choose one */
        readonly password?: string;
      };
    };
    readonly data: {
      /** id of the new user; without it, one is made up */
      readonly userId: string;
      /** what the user may do; without it, `user` */
      readonly role: 'user' | 'operator' | 'admin';
      /** present status: `pending`, a word of progress, or at the end `successful`, `failed`, `canceled` or `done with failure` */
      readonly status: 'active' | 'inactive';
      /** where mails to the user go */
      readonly email?: string;
      /** when the job was created */
      readonly createTime: string;
      /** when the user logged in last; not before the first time */
      readonly lastLoginTime?: string;
    };
  };
  /** Show one user. Who may call it: each user its own; admins that of any user. */
  describeUser: {
    readonly input: {
      readonly path: {
        /** id of the user */
        readonly user_id: string;
      };
    };
    readonly data: {
      /** id of the user */
      readonly userId: string;
      /** what the user may do */
      readonly role: 'user' | 'operator' | 'admin';
      /** present status: `pending`, a word of progress, or at the end `successful`, `failed`, `canceled` or `done with failure` */
      readonly status: 'active' | 'inactive';
      /** where mails to the user go */
      readonly email?: string;
      /** when the job was created */
      readonly createTime: string;
      /** when the user logged in last; not before the first time */
      readonly lastLoginTime?: string;
    };
  };
  /** Change the role, the status or the e-mail address of a user; it counts at once. Who may call it: admins. */
  changeUser: {
    readonly input: {
      readonly path: {
        /** id of the user */
        readonly user_id: string;
      };
      readonly body?: {
        /** what the user may do */
        readonly role?: 'user' | 'operator' | 'admin';
        /** `inactive` keeps the user out from the next call on, `active` lets it in again */
        readonly status?: 'active' | 'inactive';
        /** where mails to the user go */
        readonly email?: string;
      };
    };
    readonly data: {
      /** id of the user */
      readonly userId: string;
      /** what the user may do */
      readonly role: 'user' | 'operator' | 'admin';
      /** `inactive` keeps the user out from the next call on, `active` lets it in again */
      readonly status: 'active' | 'inactive';
      /** where mails to the user go */
      readonly email?: string;
      /** when the job was created */
      readonly createTime: string;
      /** when the user logged in last; not before the first time */
      readonly lastLoginTime?: string;
    };
  };
  /** Set another password: the own one by giving the old, as an admin anybody’s. All tokens of the user end. Who may call it: each user its own, with the old one; admins that of another, without it. */
  changePassword: {
    readonly input: {
      readonly path: {
        /** id of the user */
        readonly user_id: string;
      };
      readonly body: {
        /** the present password; an admin needs none for another user */
        readonly oldPassword?: string;
        /** the password to set */
        readonly newPassword: string;
        /** the new password once more */
        readonly confirmation: string;
      };
    };
    readonly data: Readonly<Record<string, never>>;
  };
  /** End every token of a user at once, the one of this call too. Who may call it: each user its own; admins that of any user. */
  revokeTokens: {
    readonly input: {
      readonly path: {
        /** id of the user */
        readonly user_id: string;
      };
    };
    readonly data: Readonly<Record<string, never>>;
  };
  /** Activate an invited user, with the token of its mail and a password of its choice. Who may call it: anyone. */
  activateUser: {
    readonly input: {
      readonly headers?: {
        /** a key of the caller’s own making: within 24 hours the same request with the same key and the same `token` gets the same answer, though the token was used up by the first */
        readonly 'Idempotency-Key'?: string;
      };
      readonly body: {
        /** the word in the mail */
        readonly token: string;
        /** the user’s password */
        readonly password: string;
        /** the new password once more */
        readonly confirmation: string;
      };
    };
    readonly data: {
      /** id of the user */
      readonly userId: string;
    };
  };
  /** Send the owner of an e-mail address a link to set a new password. Whether there is one is told to admins alone. Who may call it: anyone. */
  requestReset: {
    readonly input: {
      readonly headers?: {
        /** a key of the caller’s own making: within 24 hours the same key with the same `email` brings one mail, however often it is sent */
        readonly 'Idempotency-Key'?: string;
      };
      readonly body: {
        /** where mails to the user go */
        readonly email: string;
      };
    };
    readonly data: Readonly<Record<string, never>>;
  };
  /** Set a password with the token of a mail. All tokens of the user end. Who may call it: anyone. */
  resetPassword: {
    readonly input: {
      readonly headers?: {
        /** a key of the caller’s own making: within 24 hours the same request with the same key and the same `token` gets the same answer, though the token was used up by the first */
        readonly 'Idempotency-Key'?: string;
      };
      readonly body: {
        /** the word in the mail */
        readonly token: string;
        /** the user’s password */
        readonly password: string;
        /** the new password once more */
        readonly confirmation: string;
      };
    };
    readonly data: {
      /** id of the user */
      readonly userId: string;
    };
  };
}

export type OperationId = keyof Operations;

export const routes: Readonly<Record<OperationId, { method: string; path: string; repeatable: boolean }>> = {
  describeJobs: { method: 'GET', path: '/v1/jobs', repeatable: false },
  createJob: { method: 'POST', path: '/v1/jobs', repeatable: true },
  describeJob: { method: 'GET', path: '/v1/jobs/{job_id}', repeatable: false },
  replaceJob: { method: 'PUT', path: '/v1/jobs/{job_id}', repeatable: false },
  reportJob: { method: 'PATCH', path: '/v1/jobs/{job_id}', repeatable: false },
  hideJob: { method: 'DELETE', path: '/v1/jobs/{job_id}', repeatable: false },
  describeLatestJob: { method: 'GET', path: '/v1/jobs/latest', repeatable: false },
  describeJobTimeline: { method: 'GET', path: '/v1/jobs/{job_id}/timeline', repeatable: false },
  cancelJob: { method: 'POST', path: '/v1/jobs/{job_id}/cancel', repeatable: true },
  logIn: { method: 'POST', path: '/v1/auth', repeatable: true },
  describeSession: { method: 'GET', path: '/v1/auth', repeatable: false },
  logOut: { method: 'DELETE', path: '/v1/auth', repeatable: false },
  describePasswordKey: { method: 'GET', path: '/v1/auth/key', repeatable: false },
  describeAccessKeys: { method: 'GET', path: '/v1/keys', repeatable: false },
  createAccessKey: { method: 'POST', path: '/v1/keys', repeatable: true },
  describeAccessKey: { method: 'GET', path: '/v1/keys/{access_key_id}', repeatable: false },
  changeAccessKey: { method: 'PATCH', path: '/v1/keys/{access_key_id}', repeatable: false },
  removeAccessKey: { method: 'DELETE', path: '/v1/keys/{access_key_id}', repeatable: false },
  describeUsers: { method: 'GET', path: '/v1/users', repeatable: false },
  createUser: { method: 'POST', path: '/v1/users', repeatable: true },
  describeUser: { method: 'GET', path: '/v1/users/{user_id}', repeatable: false },
  changeUser: { method: 'PATCH', path: '/v1/users/{user_id}', repeatable: false },
  changePassword: { method: 'PUT', path: '/v1/users/{user_id}/password', repeatable: false },
  revokeTokens: { method: 'DELETE', path: '/v1/users/{user_id}/tokens', repeatable: false },
  activateUser: { method: 'POST', path: '/v1/users/activate', repeatable: true },
  requestReset: { method: 'POST', path: '/v1/users/request_reset', repeatable: true },
  resetPassword: { method: 'POST', path: '/v1/users/reset_password', repeatable: true },
};
