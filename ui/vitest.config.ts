import react from "@vitejs/plugin-react";
import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";

const define = { __FAKE_PLATFORM__: "true" };
// Debian's Chromium; elsewhere the variable names another one.
const executablePath = process.env["LOCKSTEP_CHROMIUM"] ?? "/usr/bin/chromium";

export default defineConfig({
  test: {
    projects: [
      {
        define,
        test: { name: "model", environment: "happy-dom", include: ["src/**/*.test.ts"] },
      },
      {
        define,
        plugins: [react()],
        // Found once at start, so that no dependency is discovered (and the page reloaded) in the middle of a test.
        optimizeDeps: { include: ["react", "react-dom", "react-dom/client", "react/jsx-dev-runtime"] },
        test: {
          name: "browser",
          include: ["src/**/*.browser.tsx"],
          setupFiles: ["src/test/setup.browser.ts"],
          testTimeout: 20_000,
          fileParallelism: false,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            viewport: { width: 1280, height: 800 },
            provider: playwright({
              launchOptions: {
                executablePath,
                args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--no-first-run"],
              },
            }),
            instances: [{ browser: "chromium" }],
          },
        },
      },
    ],
  },
});
