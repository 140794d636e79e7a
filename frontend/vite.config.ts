import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
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

/** Beside every asset its compressed forms: whoever serves the console only has to pick one. */
function withCompressedForms(): Plugin {
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };
  return {
    name: "with-compressed-forms",
    apply: "build",
    writeBundle({ dir = "dist" }) {
      for (const name of readdirSync(dir, { recursive: true, encoding: "utf8" })) {
        if (!/\.(js|css|html|svg)$/.test(name)) continue;
        const content = readFileSync(join(dir, name));
        writeFileSync(join(dir, `${name}.gz`), gzipSync(content, { level: constants.Z_BEST_COMPRESSION }));
        writeFileSync(join(dir, `${name}.br`), brotliCompressSync(content, quality));
      }
    },
  };
}

export default defineConfig({
  plugins: [withoutEmbeddedFonts(), react(), withCompressedForms()],
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
