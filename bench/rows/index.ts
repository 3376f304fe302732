import type { Row } from '../row.ts';
import { g4 } from './g4.ts';
import { s6 } from './s6.ts';

/** Every row, in the order in which they are measured. */
export const rows: Readonly<Record<string, Row>> = { S6: s6, G4: g4 };
