// Every page: copying, charts, keys of the search, busy buttons, messages.

// What the buttons say, in the language of the page.
const texts = document.body.dataset;

// Each code block has a button that copies its text; without a clipboard there is no button.
function addCopyButton(figure) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button-quiet code-copy";
  const label = figure.closest("[data-copy-label]")?.dataset.copyLabel ?? texts.copyText;
  button.textContent = label;
  button.setAttribute("aria-live", "polite");
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(figure.dataset.copy || figure.querySelector("code").textContent);
      button.textContent = texts.copiedText;
    } catch {
      button.textContent = texts.copyFailedText;
    }
    setTimeout(() => { button.textContent = label; }, 2000);
  });
  figure.append(button);
}

function addCopyButtons() {
  for (const figure of document.querySelectorAll("[data-copy]:not(:has(> .code-copy))")) {
    addCopyButton(figure);
  }
}

if (navigator.clipboard) {
  addCopyButtons();
  // A list that was replaced without a new page brings code blocks of its own.
  document.addEventListener("htmx:afterSettle", addCopyButtons);
}

// Search: "/", Ctrl-K or ⌘K moves there, arrows move through the results, Escape leaves.
const finder = document.querySelector("[data-finder]");
const field = finder?.querySelector("input");
const isTyping = (event) => event.target.closest?.("input, select, textarea, [contenteditable]");

document.addEventListener("keydown", (event) => {
  const isCommand = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k";
  const hasShortcuts = document.documentElement.dataset.shortcuts !== "off";
  const isSlash = hasShortcuts && event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey;
  if (field && (isCommand || (isSlash && !isTyping(event)))) {
    event.preventDefault();
    field.focus();
    field.select();
  }
});

finder?.parentElement.addEventListener("keydown", (event) => {
  const stops = [field, ...finder.parentElement.querySelectorAll(".found a")];
  const at = stops.indexOf(document.activeElement);
  if (event.key === "Escape") {
    document.activeElement.blur();
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    stops.at((at + (event.key === "ArrowDown" ? 1 : -1)) % stops.length).focus();
  }
});

// A pressed button says what happens, and cannot be pressed twice. Only English has the verb first:
// other languages have one text for all buttons.
const WORDS = {
  Add: "Adding", Accept: "Accepting", Allow: "Allowing", Apply: "Applying", Buy: "Opening",
  Cancel: "Cancelling", Change: "Changing", Check: "Checking", Confirm: "Confirming",
  Continue: "Continuing", Create: "Creating", Delete: "Deleting", Disable: "Disabling",
  Enable: "Enabling", Invite: "Inviting", Leave: "Leaving", Make: "Saving", Pay: "Paying",
  Remove: "Removing", Rename: "Renaming", Request: "Requesting", Resend: "Resending",
  Reset: "Resetting", Revoke: "Revoking", Roll: "Rolling", Run: "Running", Save: "Saving",
  Send: "Sending", Sign: "Signing", Test: "Testing", Turn: "Saving", Use: "Saving",
  Withdraw: "Withdrawing",
};

function busyWord(button) {
  const [verb, next] = button.textContent.trim().split(/\s+/);
  return WORDS[verb] ? `${WORDS[verb]}${verb === "Sign" ? ` ${next}` : ""}…` : "";
}

function setBusy(button) {
  const word = document.documentElement.lang === "en" ? busyWord(button) : texts.busyText;
  button.dataset.label = button.innerHTML;
  if (word && button.matches(".button")) {
    button.textContent = word;
  }
  button.setAttribute("aria-busy", "true");
  button.disabled = true;
}

function setReady() {
  for (const button of document.querySelectorAll("button[aria-busy]")) {
    button.innerHTML = button.dataset.label;
    button.removeAttribute("aria-busy");
    button.disabled = false;
  }
}

document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (button?.matches("button") && event.target.method === "post") {
    // After the browser has read the form, which leaves out buttons that are disabled.
    setTimeout(() => { if (!event.defaultPrevented) { setBusy(button); } });
    // The page stays if the answer is a file.
    setTimeout(setReady, 15000);
  }
});
// "Back" shows the page as it was left.
window.addEventListener("pageshow", (event) => { if (event.persisted) { setReady(); } });

// Screen readers say what is added to the region, not what was there from the start.
const region = document.querySelector(".toasts");
if (region?.children.length) {
  const toasts = [...region.children];
  region.replaceChildren();
  setTimeout(() => { region.append(...toasts); toasts.forEach(leaveLater); }, 100);
}

// Good news leaves by itself, unless it is being read; the rest stays until it is closed.
function leaveLater(toast) {
  if (!toast.matches(".message-success, .message-info")) {
    return;
  }
  const leave = () => {
    if (toast.matches(":hover, :focus-within")) {
      setTimeout(leave, 2000);
    } else {
      toast.open = false;
    }
  };
  setTimeout(leave, 8000);
}

// A finger that is drawn across a chart shows the bar under it.
document.addEventListener("pointermove", (event) => {
  if (event.pointerType === "mouse" || !event.target.closest?.(".chart-columns")) return;
  const under = document.elementFromPoint(event.clientX, event.clientY);
  const option = under?.closest(".chart-column")?.querySelector("input");
  if (option) option.checked = true;
});

// What refreshes itself does so only while it can be seen.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (document.hidden) {
    event.preventDefault();
  }
});
