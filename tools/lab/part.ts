import type { EnsureOptions } from '../ensure/part.ts';

/** Where a part lives and what it may know of the platform beside it. */
export interface Scene {
  /** The part's own folder in the data folder; exists once the part has been started. */
  readonly folder: string;
  /** The port of each name under `ports` of its servers. */
  readonly ports: Readonly<Record<string, number>>;
  /** `host:port` of the processes of the platform on this data folder, once it has been started; whether it runs now or not. */
  readonly platform: Readonly<Record<'api' | 'worker' | 'gateway', string>> | undefined;
}

/** One process of a part. */
export interface LabServer {
  /** Unique in the lab: names its log, its row among the processes, and it in what people read. */
  readonly name: string;
  /** Names of the ports it listens on, unique in the lab, with what a first start takes when it is free. */
  readonly ports: Readonly<Record<string, number>>;
  /** The address that people and tests use. */
  address(scene: Scene): string;
  /** Its own word for being ready. */
  ready(scene: Scene): Promise<boolean>;
  readonly readyWithinMs: number;
}

/** How a process of a part is run. */
export interface Launch {
  readonly file: string;
  readonly args: readonly string[];
  /** On top of the user's environment without settings of ours. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Writes what a server reads at its start, and says how it is run. Throws when that would not work. */
export type Launcher = (server: LabServer, scene: Scene) => Promise<Launch>;

/** A real outside system that the lab can start beside the platform. */
export interface LabPart {
  /** The word for it on the command line and in the answer. */
  readonly name: string;
  /** What it is, in half a line. */
  readonly what: string;
  /** Its processes in the order in which they start; they stop in the reverse one. */
  readonly servers: readonly LabServer[];
  /** What there is of its programs without fetching any, with versions; undefined when there are none yet. */
  found(options: EnsureOptions): Promise<string | undefined>;
  /** Gets its programs; whatever takes time says how long. Throws PartMissing with the next step. */
  get(options: EnsureOptions): Promise<Launcher>;
  /** What tests and people need in order to use it: JSON. */
  answer(scene: Scene): unknown;
}
