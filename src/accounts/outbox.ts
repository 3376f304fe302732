import { setTimeout as sleep } from 'node:timers/promises';
import pLimit from 'p-limit';
import type { Log, Mail, Mailer, Outbox } from '../ports.ts';

const AT_ONCE = 2;
/** More wait only where the mail server is away or slow, and then nobody is helped by a longer queue. */
const WAITING_MOST = 1_000;
/** The answer of the call leaves first: how long it took must not say what is prepared; in ms. */
const AFTER_ANSWER = 50;
const CLOSE_WITHIN = 3_000;

/** Mails on their way, outside of calls. `close` takes nothing more, and waits for what is under way, but not for long. */
export function createOutbox(mailer: Pick<Mailer, 'send'>, log: Log): Outbox & { close(): Promise<void> } {
  const limit = pLimit(AT_ONCE);
  const underWay = new Set<Promise<void>>();
  let closed = false;

  const send = async (prepare: () => Promise<Mail | undefined>): Promise<void> => {
    await sleep(AFTER_ANSWER);
    let mail: Mail | undefined;
    try {
      mail = await prepare();
      if (!mail) return;
      await mailer.send(mail);
      log.info({ purpose: mail.purpose, userId: mail.userId }, 'a mail was sent');
    } catch (thrown) {
      log.warn({ purpose: mail?.purpose, userId: mail?.userId, ...because(thrown) }, 'a mail was not sent');
    }
  };

  return {
    post(prepare) {
      if (closed || limit.pendingCount >= WAITING_MOST) {
        log.warn({ waiting: limit.pendingCount }, 'a mail was not sent: too many are waiting');
        return;
      }
      const sending = limit(() => send(prepare)).finally(() => underWay.delete(sending));
      underWay.add(sending);
    },

    async close() {
      closed = true;
      const patience = new AbortController();
      const given = sleep(CLOSE_WITHIN, undefined, { signal: patience.signal }).catch(() => {});
      await Promise.race([Promise.all(underWay), given]);
      patience.abort();
    },
  };
}

/** What went wrong, in codes: the words of a mail server repeat addresses. */
function because(thrown: unknown): object {
  const { code, responseCode, command } = thrown as Record<string, unknown>;
  const name = thrown instanceof Error ? thrown.name : 'Error';
  return { name, code, responseCode, command };
}
