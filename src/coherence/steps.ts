/**
 * The moments of the protocol at which a process may die, freeze or be overtaken. The names are those of the
 * steps, so that whoever reads a fault finds its place in the code.
 */
export type Moment =
  | 'after get'
  | 'after lease'
  | 'after load'
  | 'before lock'
  | 'after lock'
  | 'after work'
  | 'after block'
  | 'after commit'
  | 'after publish';

/** Told at each moment; a test makes faults happen there. */
export type Watch = (moment: Moment) => void;
