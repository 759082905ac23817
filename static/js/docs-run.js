// Puts the reader's own test keys into the samples, and runs them from the page.
const form = document.querySelector("[data-keys]");
const STORED = "docs-keys";
// What the samples name, by the member of the response that creates one of the reader's own.
const EXAMPLES = { accountId: "665a1f2e3b4c5d6e7f8a9b0c", identifier: "nova-retail-abc123" };
const storedAs = (member) => `docs-${member}`;

// What the forms say, in the language of the page.
const texts = {
  path: "Path",
  body: "Body",
  edit: "Edit the request",
  run: "Run it",
  running: "Running…",
  failed: "No response. Check your connection and try again.",
  ready: "Your test keys are in the samples of this tab. They expire after 12 hours.",
  renew: "Create new ones",
  refused: "You can’t create test keys. Ask an owner of your team.",
  ...form.dataset,
};

// Method, path, API and body of the samples, by the name of their endpoint.
const requests = JSON.parse(document.getElementById("docs-requests")?.textContent ?? "{}");
const endpointOf = (group) => group.querySelector("[data-endpoint]")?.dataset.endpoint;
const runnable = () =>
  [...document.querySelectorAll(".doc-samples")].filter((group) => requests[endpointOf(group)]);

const keys = () => JSON.parse(sessionStorage.getItem(STORED) ?? "null");

// What stands in the samples, and what it is replaced by.
function replacements() {
  const pairs = Object.entries(keys() ?? {}).map(([api, key]) => [form.dataset[api], key]);
  for (const [member, example] of Object.entries(EXAMPLES)) {
    pairs.push([example, sessionStorage.getItem(storedAs(member))]);
  }
  return pairs.filter(([a, b]) => a && b);
}

const personal = (text, pairs = replacements()) =>
  pairs.reduce((sum, [former, own]) => sum.replaceAll(former, own), text);

function personalise(pairs) {
  const isCode = { acceptNode: (node) => (node.parentElement.closest("code") ? 1 : 2) };
  const walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT, isCode);
  while (walker.nextNode()) {
    walker.currentNode.data = personal(walker.currentNode.data, pairs);
  }
}

// The samples that follow use the account or the shop that was just created.
function useCreated(result) {
  for (const [member, example] of Object.entries(EXAMPLES).filter(([name]) => result[name])) {
    const former = sessionStorage.getItem(storedAs(member)) ?? example;
    sessionStorage.setItem(storedAs(member), result[member]);
    for (const field of document.querySelectorAll(".doc-run :is(input, textarea)")) {
      field.value = field.value.replaceAll(former, result[member]);
    }
    personalise([[former, result[member]]]);
  }
}

function element(name, properties = {}, ...children) {
  const node = Object.assign(document.createElement(name), properties);
  node.append(...children);
  return node;
}

function pre() {
  const code = element("code");
  return [element("figure", { className: "code" }, element("pre", { tabIndex: 0 }, code)), code];
}

// The form under a sample: its address and body can be changed before it is sent.
function addRun(group) {
  const { method, path: address, api, body: example } = requests[endpointOf(group)];
  const box = element("form", { className: "doc-run" });
  const path = element("input", { value: personal(address), ariaLabel: texts.path });
  const hasBody = example !== null;
  const body = element("textarea", {
    value: personal(hasBody ? JSON.stringify(example, null, 2) : ""), ariaLabel: texts.body, spellcheck: false,
  });
  const button = element("button", { type: "submit", className: "button button-quiet button-small" }, texts.run);
  const status = element("p", { role: "status" });
  const [figure, code] = pre();
  figure.hidden = true;
  box.append(
    element("details", {}, element("summary", {}, texts.edit), path, ...(hasBody ? [body] : [])),
    button, status, figure,
  );
  box.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    status.textContent = texts.running;
    try {
      const started = performance.now();
      const response = await fetch(path.value, {
        method,
        credentials: "omit",
        headers: { "X-API-Key": keys()[api], ...(hasBody ? { "Content-Type": "application/json" } : {}) },
        ...(hasBody ? { body: body.value } : {}),
      });
      const result = await response.json();
      status.textContent = `${response.status} · ${Math.round(performance.now() - started)} ms`;
      code.textContent = JSON.stringify(result, null, 2);
      figure.hidden = false;
      if ([201, 202].includes(response.status)) {
        useCreated(result);
      }
    } catch {
      status.textContent = texts.failed;
    }
    button.disabled = false;
  });
  group.after(box);
}

function showKeys() {
  personalise();
  form.querySelector("[data-keys-text]").textContent = texts.ready;
  form.querySelector("button").textContent = texts.renew;
  document.querySelectorAll(".doc-run").forEach((box) => box.remove());
  runnable().forEach(addRun);
}

async function createKeys(event) {
  event.preventDefault();
  const button = form.querySelector("button");
  button.disabled = true;
  const text = form.querySelector("[data-keys-text]");
  try {
    const response = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
    const isJson = response.headers.get("Content-Type")?.startsWith("application/json");
    const created = isJson ? await response.json() : {};
    if (response.ok && created.image) {
      sessionStorage.setItem(STORED, JSON.stringify(created));
      showKeys();
    } else {
      text.textContent = created.message ?? texts.refused;
    }
  } catch {
    text.textContent = texts.failed;
  }
  button.disabled = false;
}

export function prepareSamples() {
  form.hidden = false;
  form.addEventListener("submit", createKeys);
  if (keys()) {
    showKeys();
  }
}
