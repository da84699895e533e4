import type { Connection } from '@temporalio/client';
import proto from '@temporalio/proto';
import { searchAttributes } from '#workflows/kernel/search-attributes.ts';

// A CommonJS package whose names Node cannot list, hence the default import.
const { IndexedValueType } = proto.temporal.api.enums.v1;
const types = {
  KEYWORD: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
  KEYWORD_LIST: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD_LIST,
};

/** Makes our search attributes known to a Temporal server that does not know them yet. */
export async function registerSearchAttributes(
  connection: Pick<Connection, 'operatorService'>,
  namespace: string,
): Promise<void> {
  const known = await connection.operatorService.listSearchAttributes({ namespace }).then(
    (answer) => answer.customAttributes ?? {},
    // The time-skipping test server cannot list, but add.
    () => ({}),
  );
  const missing = Object.values(searchAttributes).filter((key) => !Object.hasOwn(known, key.name));
  if (missing.length === 0) return;
  await connection.operatorService.addSearchAttributes({
    namespace,
    searchAttributes: Object.fromEntries(missing.map((key) => [key.name, types[key.type]])),
  });
}
