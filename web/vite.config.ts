import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';
import { bounded, compressed } from './compressed';
import { serviceWorker } from './worker';

// A server to develop against: ARCHYPIX_URL, and a token for it in ARCHYPIX_TOKEN where nobody signs in.
const target = process.env.ARCHYPIX_URL ?? 'http://127.0.0.1:8000';
const headers = process.env.ARCHYPIX_TOKEN ? { Authorization: `Bearer ${process.env.ARCHYPIX_TOKEN}` } : {};
const proxy = { '/api': { target, headers }, '/files': { target } };

export default defineConfig({
  plugins: [vue(), serviceWorker(), bounded(process.env.ARCHYPIX_WEB_DIST !== undefined), compressed()],
  build: {
    outDir: process.env.ARCHYPIX_WEB_DIST ?? '../archypix/webapp/dist',
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    cssCodeSplit: true,
    manifest: true,
  },
  server: { proxy },
  preview: { proxy },
});
