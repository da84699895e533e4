import type { SwaggerUi } from 'swagger-ui-dist/swagger-ui-es-bundle.js';

/** Loads Swagger UI, which is big; only this page asks for it. */
export async function loadSwagger(): Promise<SwaggerUi> {
  const [program] = await Promise.all([
    import('swagger-ui-dist/swagger-ui-es-bundle.js'),
    import('swagger-ui-dist/swagger-ui.css'),
    import('./swagger-theme.css'),
  ]);
  return program.default;
}
