// What eslint asks of the scripts; `make check` runs it from the root of the repository.
import js from "@eslint/js";
import globals from "globals";

/** Libraries that a page loads as classic scripts; their types stand in globals.d.ts. */
const vendored = Object.fromEntries(["htmx", "Sortable", "Chart", "Idiomorph", "SwaggerUIBundle"].map((name) => [name, "readonly"]));

export default [
  { ignores: ["static/vendor/**", "**/node_modules/**"] },
  js.configs.recommended,
  {
    languageOptions: { ecmaVersion: 2023, sourceType: "module" },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "consistent-return": "error",
      curly: ["error", "multi-line"],
      eqeqeq: "error",
      "max-lines": ["error", 300],
      "max-lines-per-function": ["error", 60],
      "no-console": "error",
      "no-else-return": "error",
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-new-func": "error",
      "no-param-reassign": "error",
      "no-shadow": ["error", { builtinGlobals: false }],
      "no-use-before-define": ["error", { functions: false, variables: false }],
      "no-var": "error",
      "object-shorthand": "error",
      "prefer-const": "error",
      "prefer-template": "error",
    },
  },
  { files: ["static/js/**"], languageOptions: { globals: { ...globals.browser, ...vendored } } },
  { files: ["static/js/terreno/sw.js"], languageOptions: { globals: globals.serviceworker } },
  { files: ["tests/js/browser/**"], languageOptions: { globals: globals.browser } },
  { files: ["frontend/**", "tests/js/*.js"], languageOptions: { globals: globals.node } },
  { files: ["frontend/**"], rules: { "no-console": "off" } },
];
