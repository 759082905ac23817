// Gives each code block a button that copies its text; without a clipboard there is no button.
function addButton(figure) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button-quiet code-copy";
  button.textContent = "Copy";
  button.setAttribute("aria-live", "polite");
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(figure.querySelector("code").textContent);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Copy failed";
    }
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  });
  figure.append(button);
}

function addButtons() {
  for (const figure of document.querySelectorAll("[data-copy]:not(:has(> .code-copy))")) {
    addButton(figure);
  }
}

if (navigator.clipboard) {
  addButtons();
  // A list that was replaced without a new page brings code blocks of its own.
  document.addEventListener("htmx:afterSettle", addButtons);
}
