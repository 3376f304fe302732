import type { Row } from '../row.ts';
import { g1 } from './g1.ts';
import { g2 } from './g2.ts';
import { g3 } from './g3.ts';
import { g4 } from './g4.ts';
import { reads } from './reads.ts';

/** Every row, in the order in which they are measured. */
export const rows: Readonly<Record<string, Row>> = { ...reads, G1: g1, G2: g2, G3: g3, G4: g4 };
