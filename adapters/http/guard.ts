import type { Socket } from 'node:net';
import type { Log } from '../../src/ports.ts';
import { ADMIN_PATHS } from './admin.ts';
import { prepareRefusals, type Protocol } from './busy-answers.ts';
import { createCallLimit } from './call-limit.ts';
import type { Cors } from './cors.ts';
import { HttpRequest, isActionPath, originForm, type RequestSettings } from './request.ts';
import type { Listener } from './server.ts';
import { tellOfRefusals, type Because } from './tell-of-refusals.ts';
import { together } from './together.ts';
import type { TrackedResponse } from './tracked-response.ts';
import { createTurnProbe } from './turn-probe.ts';
import type { WholeRequest } from './whole-request.ts';

export interface GuardParts extends RequestSettings {
  readonly actionPath: string;
  /** Calls under way at once, at most. */
  readonly callLimit: number;
  readonly cors: Cors;
  readonly log: Log;
  readonly draining: () => boolean;
  /** Whether changes would wait too long for a connection to the database. */
  readonly crowded: () => boolean;
  readonly refused: (protocol: Protocol, because: Because) => void;
}

/** The door of the process, before everything else. */
export interface Guard {
  readonly listener: Listener;
  /** Calls under way, and how many may be. */
  readonly underWay: () => number;
  readonly limit: () => number;
}

/** A call that is refused, once the turn has taken up what else has come. */
interface Refused {
  readonly protocol: Protocol;
  readonly request: HttpRequest;
  readonly response: TrackedResponse;
  readonly closes: boolean;
}

/** What a refusal takes in all, Node's reading and parsing with it, over what is measured of it here. */
const REFUSING_WHOLE = 2;

/** A body up to this size, in bytes, is not worth counting: the connections bound how many there are. */
const SMALL_BODY = 16_384;
/** Larger bodies that are held at once, in bytes all together. */
const BODIES_MOST = 67_108_864;
/** Requests of one connection that wait for the answer to an earlier one. More of them only make others wait. */
const BEHIND_MOST = 8;

/**
 * Lets in what can be carried, and refuses the rest at once, before its body is read. What was let in is never refused
 * here again: a change that is under way is finished. Where nothing is refused it costs a few comparisons.
 */
export function guard(listener: Listener, parts: GuardParts): Guard {
  const limit = createCallLimit(parts.callLimit);
  const refuse = prepareRefusals(parts);
  const tell = tellOfRefusals(parts.log);
  let underWay = 0;
  let peak = 0;
  let bodies = 0;
  /** Time spent on refusals so far, in ms. Who is let in does not make it longer: fewer of them would not help. */
  let refusing = 0;
  const probe = createTurnProbe(
    (took, now) => {
      limit.turned(took, peak, now);
      peak = underWay;
    },
    () => refusing,
  );

  // Who is refused at once may ask again at once, and the turn that takes up all that comes would find no end: seen, one
  // of 1.4 s with 49,000 refusals, while all who were let in waited for their answers.
  const refuseTogether = together<Refused>(parts.log, ({ protocol, request, response, closes }) => {
    const began = performance.now();
    refuse(protocol, request, response, closes);
    refusing += REFUSING_WHOLE * (performance.now() - began);
  });

  const behind = new WeakMap<Socket, number>();
  const whyNot = (incoming: WholeRequest, response: TrackedResponse, size: number): Because | undefined => {
    if (underWay >= limit.present) return 'calls';
    if (response.socket === null && (behind.get(incoming.socket) ?? 0) >= BEHIND_MOST) return 'calls';
    if (!changes(incoming)) return undefined;
    if (parts.crowded() && (size > SMALL_BODY || !isActionPath(parts.actionPath, pathOf(incoming)))) {
      return 'database';
    }
    return size > SMALL_BODY && bodies > 0 && bodies + size > BODIES_MOST ? 'bodies' : undefined;
  };

  /** Counts a call from when its body is there: one that comes slowly keeps nobody out. */
  const follow = (incoming: WholeRequest, response: TrackedResponse, size: number): void => {
    const held = size > SMALL_BODY ? size : 0;
    bodies += held;
    let state: 'coming' | 'counted' | 'over' = 'coming';
    const enter = (): void => {
      if (state !== 'coming') return;
      state = 'counted';
      if (++underWay > peak) peak = underWay;
    };
    if (size > 0) incoming.whenWhole(enter);
    else enter();
    // How long the client takes to read the answer does not count.
    response.whenOver(() => {
      if (state === 'counted') underWay--;
      state = 'over';
      bodies -= held;
    });
    if (response.socket === null) queue(incoming.socket, response);
  };

  /** Counts what waits in its connection, until the answer is sent; who is closed before is forgotten with all. */
  const queue = (socket: Socket, response: TrackedResponse): void => {
    behind.set(socket, (behind.get(socket) ?? 0) + 1);
    response.once('finish', () => behind.set(socket, (behind.get(socket) ?? 1) - 1));
  };

  return {
    underWay: () => underWay,
    limit: () => limit.present,
    listener(incoming, response) {
      probe(performance.now());
      const size = changes(incoming) ? sizeOf(incoming, parts.bodyLimit) : 0;
      const because = whyNot(incoming, response, size);
      if (because && !ADMIN_PATHS.has(pathOf(incoming))) {
        incoming.url = originForm(incoming.url);
        // What is small has come already, and keeps the connection; to read the rest would be what is to be spared.
        const closes = size > SMALL_BODY || parts.draining();
        const request = new HttpRequest(incoming, parts);
        const protocol = isActionPath(parts.actionPath, request.path) ? 'action' : 'rest';
        refuseTogether({ protocol, request, response, closes });
        parts.refused(protocol, because);
        tell(because);
        return;
      }
      follow(incoming, response, size);
      const { expect } = incoming.headers;
      if (expect !== undefined && /100-continue/i.test(expect)) response.writeContinue();
      listener(incoming, response);
    },
  };
}

/** All other methods have no body that anybody would read, and change nothing in the REST API. */
function changes({ method }: WholeRequest): boolean {
  return method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS';
}

/** How many bytes a body may have; 0: there is none. */
function sizeOf({ headers }: WholeRequest, most: number): number {
  if (headers['transfer-encoding'] !== undefined) return most;
  return Math.min(Number(headers['content-length'] ?? 0), most);
}

function pathOf({ url }: WholeRequest): string {
  return originForm(url).split('?', 1)[0] as string;
}
