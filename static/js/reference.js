/* The interactive reference: Swagger UI of the installed package, on the description of this server. It is
   loaded when someone presses the button or follows the link of an endpoint. */
const main = document.getElementById("reference");
const button = document.getElementById("open-reference");
const state = document.getElementById("reference-status");
const root = document.documentElement;
const dark = matchMedia("(prefers-color-scheme: dark)");

function followScheme() {
  const isDark = root.dataset.scheme ? root.dataset.scheme === "dark" : dark.matches;
  root.classList.toggle("dark-mode", isDark);
}

// What Swagger UI leaves out: levels of headings, names of regions and fields, and that a link
// inside a button is none of its own.
const NAMES = [
  [".information-container section", "About the API"],
  ["section.schemes", "Authorization"],
  ["section.models", "Schemas"],
  ["textarea.body-param__text", "Request body"],
  ["select.examples-select-element", "Example"],
  ["select.content-type", "Content type"],
];
const LEVELS = [
  ["h3.opblock-tag, .models > h4", "2"],
  [".opblock h4", "3"],
  [".opblock h5", "4"],
];

function mend(place) {
  for (const [selector, name] of NAMES) {
    for (const element of place.querySelectorAll(`${selector}:not([aria-label])`)) {
      element.setAttribute("aria-label", name);
    }
  }
  for (const field of place.querySelectorAll("[data-param-name] :is(select, input, textarea):not([aria-label])")) {
    field.setAttribute("aria-label", field.closest("[data-param-name]").dataset.paramName);
  }
  for (const [selector, level] of LEVELS) {
    for (const heading of place.querySelectorAll(`:is(${selector}):not([aria-level])`)) {
      heading.setAttribute("aria-level", level);
    }
  }
  for (const link of place.querySelectorAll("button a[href]")) {
    link.removeAttribute("href");
  }
  for (const code of place.querySelectorAll("pre:not([tabindex])")) {
    code.tabIndex = 0;
  }
}

// Before our own stylesheet, which overrides that of Swagger UI.
function load(element) {
  return new Promise((resolve, reject) => {
    element.addEventListener("load", resolve);
    element.addEventListener("error", reject);
    document.querySelector("link[rel=stylesheet]").before(element);
  });
}

async function readDescription(address) {
  const response = await fetch(address);
  if (!response.ok) {
    throw new Error(`${address}: ${response.status}`);
  }
  return response.json();
}

function show(spec) {
  const place = document.createElement("div");
  place.setAttribute("aria-busy", "true");
  place.tabIndex = -1;
  new MutationObserver(() => mend(place)).observe(place, { childList: true, subtree: true });
  // Calls go to the host of this page, whichever of its names was typed: the policy allows no other.
  spec.servers = [{ url: location.origin }];
  // Swagger UI has a main of its own, and a page may have one.
  place.id = main.id;
  main.replaceWith(place);
  // The button or link that had the focus is gone.
  place.focus({ preventScroll: true });
  window.SwaggerUIBundle({
    spec,
    domNode: place,
    deepLinking: true,
    docExpansion: "list",
    defaultModelsExpandDepth: 0,
    displayRequestDuration: true,
    persistAuthorization: false,
    requestSnippetsEnabled: true,
    syntaxHighlight: { theme: "tomorrow-night" },
    tryItOutEnabled: true,
    validatorUrl: null,
    onComplete: () => place.setAttribute("aria-busy", "false"),
  });
}

async function open() {
  const { schema, styles, script } = main.dataset;
  main.setAttribute("aria-busy", "true");
  button.disabled = true;
  state.textContent = "Loading…";
  try {
    const [spec] = await Promise.all([
      readDescription(schema),
      load(Object.assign(document.createElement("link"), { rel: "stylesheet", href: styles })),
      load(Object.assign(document.createElement("script"), { src: script })),
    ]);
    show(spec);
  } catch {
    main.removeAttribute("aria-busy");
    button.disabled = false;
    state.textContent = "The reference could not be loaded. Try again.";
  }
}

// The address names an endpoint or a group as Swagger UI does: `#/Images/createImage`.
function openWhatIsNamed() {
  if (location.hash.startsWith("#/") && main.isConnected && !button.disabled) {
    open();
  }
}

followScheme();
dark.addEventListener("change", followScheme);
button.addEventListener("click", open);
addEventListener("hashchange", openWhatIsNamed);
openWhatIsNamed();
