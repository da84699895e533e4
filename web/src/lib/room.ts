import type { Component } from 'svelte';
import type { Action, Topic } from '#domain/names.ts';
import type { Page } from './api/http.ts';
import type { Locale, Phrase } from './i18n/phrase.ts';

export type Icon = Component<{ size?: number }>;

/** A place that people go to by the navigation and the palette. */
export interface Place {
  readonly name: string;
  readonly label: Phrase;
  readonly icon: Icon;
  readonly href: string;
  /** Where in the navigation; `own` is reached by the menu of the user. */
  readonly group: 'daily' | 'admin' | 'help' | 'own';
  readonly order: number;
  /** The right that a caller needs to find anything there. */
  readonly needs?: Action;
  /** Keys that lead there from anywhere. */
  readonly keys?: `g ${string}`;
  /** The beginning of other addresses that belong to it. */
  readonly also?: string;
  readonly waiting?: Waiting;
}

/** What waits for this person at a place, as far as its first page tells. */
export interface Waiting {
  readonly label: Phrase;
  readonly queryKey: readonly string[];
  readonly load: () => Promise<Page<unknown>>;
  readonly topics: readonly (Topic | 'inbox')[];
}

/** Something that can be chosen in the palette. */
export interface PaletteEntry {
  /** Unique among all entries. */
  readonly id: string;
  readonly label: string;
  readonly href: string;
  /** What tells it from others of the same name. */
  readonly detail?: string;
}

/** Where the palette looks for objects. */
export interface PaletteSearch {
  readonly name: string;
  readonly label: Phrase;
  readonly icon: Icon;
  readonly find: (q: string, limit: number) => Promise<readonly PaletteEntry[]>;
}

/** Something that people begin from the palette. */
export interface PaletteCommand {
  readonly name: string;
  readonly label: Phrase;
  readonly href: string;
  readonly needs: Action;
  /** A role on some node is enough to try. */
  readonly orAnyGrant?: true;
}

/** What people are told of an announcement, and where it leads. */
export interface AnnouncementWords {
  /** Said to the one it is for. */
  readonly told: Phrase;
  /** The same as an event, for those who choose among all. */
  readonly event: Phrase;
  readonly href: (note: {
    readonly ticketId: string | null;
    readonly subject: { readonly noun: string; readonly id: string };
  }) => string;
}

export interface KindWords {
  /** One change of the kind. */
  readonly one: Phrase;
  /** All of them, as policies speak of them. */
  readonly all: Phrase;
  readonly hint: Phrase;
}

type Messages = Readonly<Record<Locale, () => Promise<{ readonly messages: Readonly<Record<string, string>> }>>>;

/** What a noun adds to the web; rooms.ts puts the parts of all nouns together. */
export interface Room {
  /** Makers of its addresses. */
  readonly routes?: Readonly<Record<string, (...args: never[]) => string>>;
  /** The words of its pages, by sets that are loaded with them. */
  readonly messages?: Readonly<Record<string, Messages>>;
  readonly places?: readonly Place[];
  readonly searches?: readonly PaletteSearch[];
  readonly commands?: readonly PaletteCommand[];
  readonly rights?: Readonly<Record<string, Phrase>>;
  readonly kinds?: Readonly<Record<string, KindWords>>;
  readonly announcements?: Readonly<Record<string, AnnouncementWords>>;
}
