/* The interactive reference: Swagger UI of the installed package, on the description of this server. */
const root = document.documentElement;
const dark = matchMedia("(prefers-color-scheme: dark)");

function followScheme() {
  const isDark = root.dataset.scheme ? root.dataset.scheme === "dark" : dark.matches;
  root.classList.toggle("dark-mode", isDark);
}

async function start() {
  const place = document.getElementById("reference");
  const response = await fetch(place.dataset.schema);
  const spec = await response.json();
  // Calls go to the host of this page, whichever of its names was typed: the policy allows no other.
  spec.servers = [{ url: location.origin }];
  window.SwaggerUIBundle({
    spec,
    domNode: place,
    deepLinking: true,
    docExpansion: "list",
    defaultModelsExpandDepth: 0,
    displayRequestDuration: true,
    persistAuthorization: false,
    requestSnippetsEnabled: true,
    syntaxHighlight: { theme: "agate" },
    tryItOutEnabled: true,
    validatorUrl: null,
    onComplete: () => place.setAttribute("aria-busy", "false"),
  });
}

followScheme();
dark.addEventListener("change", followScheme);
start();
