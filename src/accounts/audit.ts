/** Who makes a change, and from where. */
export interface Actor {
  /** A user's id, or what acts without being one, such as the command line. */
  readonly userId: string;
  readonly address: string;
  readonly requestId: string;
}

/** One change of a user, a password, tokens or an access key: who made it, when, from where; never what it set. */
export interface AuditEntry extends Actor {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly operation: string;
  /** Whose account it is about. */
  readonly about: string;
  readonly accessKeyId?: string;
  /** The names of what was set. */
  readonly fields: readonly string[];
}

/** The caller of an operation, and where its call came from. */
export function actorOf(
  { userId }: Pick<Actor, 'userId'>,
  { address, requestId }: Omit<Actor, 'userId'>,
): Actor {
  return { userId, address, requestId };
}
