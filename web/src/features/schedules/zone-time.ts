/** `2026-12-01 03:30` as clocks of a zone show it; undefined where this browser does not know the zone. */
export function timeInZone(at: Date, zone: string): string | undefined {
  try {
    const format = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
    });
    const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
    return `${parts['year']}-${parts['month']}-${parts['day']} ${parts['hour']}:${parts['minute']}`;
  } catch {
    return undefined;
  }
}

/** The day of the week and what the zone's clocks differ from UTC then: `Tue`, `GMT+1`. */
export function dayInZone(at: Date, zone: string, locale: string): { readonly day: string; readonly offset: string } {
  const of = (options: Intl.DateTimeFormatOptions, type: string) =>
    new Intl.DateTimeFormat(locale, { timeZone: zone, ...options }).formatToParts(at).find((part) => part.type === type)
      ?.value ?? '';
  return { day: of({ weekday: 'short' }, 'weekday'), offset: of({ timeZoneName: 'shortOffset' }, 'timeZoneName') };
}

/** The zone of this browser. */
export function zoneHere(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** Zones that can be chosen. */
export function knownZones(): readonly string[] {
  return [...new Set(['UTC', ...Intl.supportedValuesOf('timeZone')])];
}
