import type { LabPart } from './part.ts';
import { prometheus } from './prometheus.part.ts';

/** Every part of the lab, in the order in which parts start. */
export const labParts: readonly LabPart[] = [prometheus];
