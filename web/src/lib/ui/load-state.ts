/** What a query of TanStack Query gives, as far as a view needs it. */
interface QueryLike<Data> {
  readonly isPending: boolean;
  readonly error: unknown;
  readonly data: Data | undefined;
  readonly refetch: () => unknown;
  readonly dataUpdatedAt: number;
}

/** What a paged list gives, as far as a view needs it. */
interface ListLike<Data> {
  readonly items: Data;
  readonly status: 'loading' | 'ready' | 'failed';
  readonly problem: unknown;
  readonly refresh: () => unknown;
  readonly updatedAt: number;
}

export type Loadable<Data> = QueryLike<Data> | ListLike<Data>;

interface LoadState<Data> {
  readonly pending: boolean;
  /** What was loaded last; with `error` it is stale. */
  readonly data: Data | undefined;
  readonly error: unknown;
  readonly empty: boolean;
  readonly updatedAt: number;
  readonly retry: () => void;
}

/** One shape for whatever loads: a list counts as loaded once it was answered, with or without items. */
export function loadState<Data>(source: Loadable<Data>): LoadState<Data> {
  if ('items' in source) {
    const loaded = source.updatedAt > 0;
    return {
      pending: source.status === 'loading',
      data: loaded ? source.items : undefined,
      error: source.status === 'failed' ? source.problem : undefined,
      empty: Array.isArray(source.items) && source.items.length === 0,
      updatedAt: source.updatedAt,
      retry: () => void source.refresh(),
    };
  }
  return {
    pending: source.isPending,
    data: source.data,
    error: source.error ?? undefined,
    empty: Array.isArray(source.data) && source.data.length === 0,
    updatedAt: source.dataUpdatedAt,
    retry: () => void source.refetch(),
  };
}
