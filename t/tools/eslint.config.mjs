// The style of all our JavaScript, checked by `make lint` from the top. What runs in a page gets a page's globals,
// the rest those of Node. `make format` mends what is only a matter of form.

import js from "@eslint/js";
import stylistic from "@stylistic/eslint-plugin";
import globals from "globals";

const form = {
    "@stylistic/arrow-parens": "error",
    "@stylistic/brace-style": "error",
    "@stylistic/comma-dangle": ["error", "always-multiline"],
    "@stylistic/eol-last": "error",
    "@stylistic/indent": ["error", 4, { SwitchCase: 1 }],
    "@stylistic/keyword-spacing": "error",
    "@stylistic/max-len": ["error", { code: 120, ignoreUrls: true, ignoreStrings: true, ignoreTemplateLiterals: true }],
    "@stylistic/no-multiple-empty-lines": ["error", { max: 1 }],
    "@stylistic/no-trailing-spaces": "error",
    "@stylistic/object-curly-spacing": ["error", "always"],
    "@stylistic/quotes": ["error", "double", { avoidEscape: true }],
    "@stylistic/semi": "error",
    "@stylistic/space-before-blocks": "error",
    "@stylistic/space-infix-ops": "error",
};

const sense = {
    "array-callback-return": "error",
    "no-unused-vars": ["error", { ignoreRestSiblings: true }],
    "curly": ["error", "multi-line"],
    "default-case-last": "error",
    "eqeqeq": ["error", "always", { null: "ignore" }],
    "max-lines": ["error", 500],
    "no-else-return": "error",
    "no-eval": "error",
    "no-implied-eval": "error",
    "no-self-compare": "error",
    "no-shadow": "error",
    "no-template-curly-in-string": "error",
    "no-throw-literal": "error",
    "no-unused-expressions": "error",
    "no-use-before-define": ["error", { functions: false }],
    "no-useless-return": "error",
    "no-var": "error",
    "object-shorthand": "error",
    "one-var": ["error", "never"],
    "prefer-const": "error",
};

export default [
    { ignores: ["**/node_modules/", "build/"] },
    js.configs.recommended,
    {
        plugins: { "@stylistic": stylistic },
        linterOptions: { reportUnusedDisableDirectives: "error" },
        languageOptions: { ecmaVersion: 2022, sourceType: "module" },
        rules: { ...sense, ...form },
    },
    {
        files: ["**/*.mjs"],
        languageOptions: { globals: globals.node },
    },
    {
        files: ["**/*.js"],
        languageOptions: { globals: globals.browser },
    },
    {
        // A function that a test hands to the browser is written among Node's code, but runs in the page.
        files: ["t/browser/**/*.mjs", "t/demo/**/*.mjs"],
        languageOptions: { globals: { ...globals.browser, ...globals.node } },
    },
];
