import type { Row } from '../row.ts';
import { g4 } from './g4.ts';
import { reads } from './reads.ts';

/** Every row, in the order in which they are measured. */
export const rows: Readonly<Record<string, Row>> = { ...reads, G4: g4 };
