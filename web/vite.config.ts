import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

export default defineConfig({
  plugins: [react()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2023',
    // The policy of the page allows no data: address and no inline script; everything is a file of our own.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  // `vite` by hand, beside a running server: the page from here, everything else from there.
  server: { proxy: { '/office': { target: 'https://localhost:8443', secure: false } } },
})
