// Beyond ESLint's own recommendations, what has gone wrong or would read worse here. Layout is left to people.
import js from "@eslint/js";
import globals from "globals";

const rules = {
  ...js.configs.recommended.rules,
  eqeqeq: "error", // == compares texts with numbers
  "no-var": "error",
  "prefer-const": "error", // what is `let` does change
  "no-shadow": "error",
  "no-implicit-globals": "error", // classic scripts share one scope: everything is in a function
  "no-eval": "error", // the page's policy allows it for Vega alone
  "no-implied-eval": "error",
  "consistent-return": "error",
  "object-shorthand": "error",
  "prefer-template": "error",
};

export default [
  {
    files: ["templates/assets/**/*.js", "reportgen/**/*.js"],
    languageOptions: { sourceType: "script", globals: { ...globals.browser, vega: "readonly" } },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: { ...rules, strict: ["error", "global"] },
  },
  {
    files: ["tests/js/*.mjs", "*.mjs"],
    languageOptions: { globals: globals.node },
    rules,
  },
  { ignores: ["tests/js/examples.js", "site*/", ".reportgen/", ".venv/", "reportgen/bundled/", "build/"] },
];
