import type { Place } from '#web/lib/room.ts';

/** The places that this caller can go to, in groups. */
export function navItems(
  places: readonly Place[],
  allows: (action: string) => boolean,
): Record<Place['group'], readonly Place[]> {
  const mine = places.filter(({ needs }) => needs === undefined || allows(needs)).sort((a, b) => a.order - b.order);
  const of = (group: Place['group']) => mine.filter((place) => place.group === group);
  return { daily: of('daily'), admin: of('admin'), help: of('help'), own: of('own') };
}

/** Whether a page is, or lies below, a place of the navigation. */
export function isAt({ href, also }: Pick<Place, 'href' | 'also'>, pathname: string): boolean {
  if (also !== undefined && pathname.startsWith(also)) return true;
  return href === '/' ? pathname === '/' : pathname === href || pathname.startsWith(`${href}/`);
}
