import { request } from '#web/lib/api/http.ts';

export const documentPath = '/api/openapi.json';

interface ApiDocument {
  readonly servers?: readonly { readonly url: string }[];
  readonly [field: string]: unknown;
}

/** The document of this api, with requests going to where this page came from, whatever address the server thinks it has. */
export async function loadApiDocument(origin: string): Promise<ApiDocument> {
  const document = await request<ApiDocument>('GET', documentPath);
  return { ...document, servers: [{ url: origin }] };
}
