import { routes } from '#web/rooms.ts';

/** The one maker of the web's own addresses, of the parts of all nouns. */
export const routeFor = { ...routes, kit: () => '/_kit' };
