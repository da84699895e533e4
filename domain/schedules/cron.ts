import { z } from 'zod';
import { because, type Reason } from '../reasons.ts';
import { faultBecause } from '../schema-fault.ts';

interface CronField {
  readonly least: number;
  readonly most: number;
  /** Names of the numbers from `least` on. */
  readonly names: readonly string[];
}

const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const days = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const fields: readonly CronField[] = [
  { least: 0, most: 59, names: [] },
  { least: 0, most: 23, names: [] },
  { least: 1, most: 31, names: [] },
  { least: 1, most: 12, names: months },
  { least: 0, most: 7, names: days },
];
const example = '30 3 * * 1-5';

/** Of a leap year: what exists in no other year exists some time. */
const daysOfMonths = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Why a text is no cron expression of five fields: minute, hour, day of month, month, day of week. */
export function cronFault(text: string): Reason | undefined {
  const parts = text.split(' ');
  const values = fields.map((field, index) => numbersOf(parts[index] ?? '', field));
  const [, , daysOfMonth, monthsOfYear] = values;
  if (parts.length !== fields.length || values.some((numbers) => numbers === undefined)) {
    return because('not-a-cron', { example });
  }
  // crontab(5) would take either day, Temporal only what is both: whoever means one of them has to say so.
  if (parts[2] !== '*' && parts[4] !== '*') return because('cron-both-days');
  const least = Math.min(...(daysOfMonth ?? []));
  const exists = monthsOfYear?.some((month) => least <= (daysOfMonths[month - 1] ?? 0)) === true;
  return exists ? undefined : because('cron-never');
}

/** The numbers of one field (`1-5,10,20-50/10`), or undefined where it is none. */
function numbersOf(text: string, field: CronField): number[] | undefined {
  const numbers: number[] = [];
  for (const part of text.split(',')) {
    const match = /^(?:\*|([0-9A-Z]{1,3})(?:-([0-9A-Z]{1,3}))?)(?:\/(\d{1,2}))?$/i.exec(part);
    if (match === null) return undefined;
    const [, first, last, by] = match;
    const from = first === undefined ? field.least : numberOf(first, field);
    // A number with a step goes on to the end, as a star does.
    const to = last !== undefined ? numberOf(last, field) : first === undefined || by !== undefined ? field.most : from;
    const step = by === undefined ? 1 : Number(by);
    if (from === undefined || to === undefined || from > to || step < 1 || step > field.most) return undefined;
    for (let number = from; number <= to; number += step) numbers.push(number);
  }
  return numbers;
}

function numberOf(text: string, { least, most, names }: CronField): number | undefined {
  const named = names.indexOf(text.toUpperCase());
  const number = named >= 0 ? named + least : /^\d+$/.test(text) ? Number(text) : -1;
  return number >= least && number <= most ? number : undefined;
}

/** A cron expression, with single blanks and names in capitals. */
export const cronSchema = z
  .string()
  .max(256)
  .transform((text) => text.trim().replaceAll(/\s+/g, ' ').toUpperCase())
  .superRefine((text, context) => addFault(context, cronFault(text)));

/** A time zone by its IANA name, like Europe/Berlin; every machine must read it alike, so no abbreviations or offsets. */
export const zoneSchema = z
  .string()
  .max(64)
  .superRefine((zone, context) => addFault(context, isZone(zone) ? undefined : because('no-such-zone', { zone })));

function addFault(context: z.core.$RefinementCtx<string>, fault: Reason | undefined): void {
  if (fault === undefined) return;
  const { error, params } = faultBecause(fault);
  context.addIssue({ code: 'custom', message: error, params });
}

function isZone(zone: string): boolean {
  if (zone !== 'UTC' && !/^[A-Za-z]+(?:\/[A-Za-z0-9_+-]+)+$/.test(zone)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
