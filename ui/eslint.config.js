import importX from "eslint-plugin-import-x";
import jsxA11y from "eslint-plugin-jsx-a11y";
import reactHooks from "eslint-plugin-react-hooks";
import { readdirSync } from "node:fs";
import tseslint from "typescript-eslint";

const tauriOnlyInPlatform = { group: ["@tauri-apps/*", "**/bindings.gen*"], message: "Only src/platform may talk to the shell." };
const features = readdirSync(new URL("./src/features", import.meta.url));

export default tseslint.config(
  { ignores: ["dist", "dist-fake", "src/bindings.gen.ts", "test-results"] },
  ...tseslint.configs.recommended,
  reactHooks.configs.flat.recommended,
  jsxA11y.flatConfigs.recommended,
  {
    files: ["src/**/*.{ts,tsx}"],
    plugins: { "import-x": importX },
    settings: { "import-x/resolver-next": [importX.createNodeResolver({ extensions: [".ts", ".tsx", ".js"] })] },
    rules: {
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "import-x/no-cycle": "error",
      "no-restricted-imports": ["error", { patterns: [tauriOnlyInPlatform] }],
      eqeqeq: "error",
      "no-console": "error",
    },
  },
  { files: ["src/platform/**"], rules: { "no-restricted-imports": "off" } },
  // A feature is a room of its own: what two of them need belongs in components, api or lib.
  ...features.map((feature) => ({
    files: [`src/features/${feature}/**`],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            tauriOnlyInPlatform,
            { group: features.filter((other) => other !== feature).map((other) => `**/${other}/**`), message: "No feature imports another." },
            { group: ["**/features/**"], message: "No feature imports another." },
          ],
        },
      ],
    },
  })),
);
