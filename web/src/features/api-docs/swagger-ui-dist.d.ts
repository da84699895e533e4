declare module 'swagger-ui-dist/swagger-ui-es-bundle.js' {
  /** A plugin of Swagger UI: here only what it leaves out. */
  interface SwaggerPlugin {
    readonly wrapComponents: Readonly<Record<string, () => () => null>>;
  }
  interface SwaggerOptions {
    readonly domNode: HTMLElement;
    readonly spec: unknown;
    readonly plugins: readonly SwaggerPlugin[];
    readonly [option: string]: unknown;
  }
  export type SwaggerUi = (options: SwaggerOptions) => unknown;
  const swaggerUi: SwaggerUi;
  export default swaggerUi;
}
