import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const PLANT = process.env["LINESIDE_PLANT"] ?? "http://127.0.0.1:8765";

/** Cloudscape's global styles carry eight fonts as base64, 139 kB gzipped: the system's own sans serves as well. */
function withoutEmbeddedFonts(): Plugin {
  return {
    name: "without-embedded-fonts",
    enforce: "pre",
    transform(code, id) {
      if (!/global-styles\/index\.css/.test(id)) return null;
      return { code: code.replace(/@font-face\s*\{[^}]*\}/g, ""), map: null };
    },
  };
}

export default defineConfig({
  plugins: [withoutEmbeddedFonts(), react()],
  base: "/",
  build: { target: "es2022", manifest: true, assetsInlineLimit: 0, chunkSizeWarningLimit: 1_200 },
  server: {
    host: "127.0.0.1",
    proxy: { "^/(api|health|ngsi-ld)(/|$)": { target: PLANT, changeOrigin: true } },
  },
  test: {
    environment: "happy-dom",
    environmentOptions: { happyDOM: { url: "http://plant.test/" } },
    setupFiles: ["src/test/setup.ts"],
    include: ["src/**/*.test.{ts,tsx}"],
    restoreMocks: true,
    testTimeout: 30_000,
  },
});
