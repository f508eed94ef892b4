import js from "@eslint/js";

const browser = [
  "AbortController", "Blob", "CSS", "CustomEvent", "DataTransfer", "DOMParser", "Event", "EventTarget", "File", "FormData", "Headers",
  "HTMLElement", "HTMLInputElement", "HTMLVideoElement", "IntersectionObserver", "MediaMetadata", "MutationObserver",
  "Notification", "Option", "ResizeObserver", "TextDecoder", "URL", "URLSearchParams", "Worker", "XMLHttpRequest", "cancelAnimationFrame",
  "clearInterval", "clearTimeout", "confirm", "console", "crypto", "customElements", "document", "fetch", "history",
  "localStorage", "location", "matchMedia", "navigator", "performance", "queueMicrotask", "reportError",
  "requestAnimationFrame", "screen", "sessionStorage", "setInterval", "setTimeout", "structuredClone", "window",
];
const node = ["console", "process", "URL"];

const globals = (names) => Object.fromEntries(names.map((name) => [name, "readonly"]));

export default [
  { ignores: ["static/dist/**"] },
  js.configs.recommended,
  {
    rules: {
      complexity: ["error", 12],
      eqeqeq: "error",
      "max-lines": ["error", 300],
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-var": "error",
      "prefer-const": "error",
    },
  },
  { files: ["static/js/**/*.js"], languageOptions: { globals: globals(browser) } },
  { files: ["**/*.mjs", "*.config.js"], languageOptions: { globals: globals(node) } },
];
