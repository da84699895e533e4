import adapter from '@sveltejs/adapter-static';
import { sveltekit } from '@sveltejs/kit/vite';
import tailwindcss from '@tailwindcss/vite';
import { defineConfig } from 'vite';

/** Where `npm run web:dev` finds the api: that of `npm start`, unless the environment says another. */
const api = process.env['SIGNALBOX_URL'] ?? 'http://127.0.0.1:7380';

export default defineConfig({
  plugins: [
    tailwindcss(),
    sveltekit({
      compilerOptions: { runes: true },
      adapter: adapter({
        pages: process.env['SIGNALBOX_WEB_BUILD'] ?? '../dist/web',
        fallback: 'index.html',
        precompress: true,
      }),
      csp: {
        mode: 'hash',
        directives: {
          'default-src': ['self'],
          'script-src': ['self'],
          'style-src': ['self', 'unsafe-inline'],
          'img-src': ['self', 'data:'],
          'font-src': ['self', 'data:'],
          'connect-src': ['self'],
          'worker-src': ['self'],
          'object-src': ['none'],
          'base-uri': ['self'],
          'form-action': ['self'],
        },
      },
    }),
  ],
  build: { chunkSizeWarningLimit: 4_000 },
  worker: { format: 'es' },
  server: { proxy: { '/api': { target: api, changeOrigin: true, headers: { origin: api } } } },
});
