import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig(({ mode }) => ({
  plugins: [react()],
  // The invented platform is compiled in only where somebody asked for it: never into the app's build.
  define: { __FAKE_PLATFORM__: JSON.stringify(mode === "fake" || mode === "test") },
  build: {
    outDir: "dist",
    target: "es2022",
    // Every asset is a file: the content security policy allows no data: fonts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 900,
  },
  server: { port: 5173, strictPort: true, host: "127.0.0.1" },
  clearScreen: false,
}));
