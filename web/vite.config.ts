import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

/** The server of a developer's `npm run dev`: the pages come from Vite, everything under /api from a running product. */
const SERVER = process.env.ONEBOOK_SERVER ?? "http://127.0.0.1:8000";

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    // The server serves what lies here; nothing of it is committed.
    outDir: fileURLToPath(new URL("../onebook/entrypoints/http/site", import.meta.url)),
    emptyOutDir: true,
    target: "es2022",
    chunkSizeWarningLimit: 1200,
    rolldownOptions: {
      // These packages define components and do nothing else when they are loaded, but do not say so.
      treeshake: { moduleSideEffects: [{ test: /node_modules\/@rc-component\//, sideEffects: false }] },
      output: {
        // What every page begins with is one file: dozens of small ones would wait for each other on a slow line.
        codeSplitting: { groups: [{ name: "shell", tags: ["$initial"] }] },
      },
    },
  },
  // The host stays as the browser says it: the server refuses what comes from another origin.
  server: { proxy: { "/api": { target: SERVER, changeOrigin: false } } },
  test: {
    environment: "jsdom",
    // Not vmThreads: in its contexts the icons cannot load the colours that they are made of.
    pool: "threads",
    // The files of a worker share one page, which every test leaves as it found it: a page of their own costs each
    // file more than its tests.
    isolate: false,
    setupFiles: ["src/testing.ts"],
    // A test that types into a page is slow where other things run as well; one that hangs is still told of.
    testTimeout: 30_000,
    include: ["src/**/*.test.{ts,tsx}"],
  },
});
