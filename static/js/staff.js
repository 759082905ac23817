// "/" moves to the search box, as its label shows; menus close.
"use strict";

document.addEventListener("keydown", (event) => {
  const box = document.getElementById("staff-search");
  const isTyping = event.target.closest("input, select, textarea, [contenteditable]");
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isTyping || !box) {
    return;
  }
  event.preventDefault();
  box.focus();
  box.select();
});

// A menu closes by Escape and when another place is chosen; without this it closes by its button.
const closeMenus = (except) => {
  for (const menu of document.querySelectorAll("details.staff-more[open]")) {
    if (menu !== except) {
      menu.open = false;
    }
  }
};

document.addEventListener("click", (event) => closeMenus(event.target.closest("details.staff-more")));
document.addEventListener("keydown", (event) => {
  const menu = event.target.closest("details.staff-more[open]");
  if (event.key === "Escape" && menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// select2 calls the chosen text a text box, which would need a name of its own.
window.django?.jQuery?.(() => {
  for (const chosen of document.querySelectorAll(".select2-selection__rendered[role=textbox]")) {
    chosen.removeAttribute("role");
    chosen.removeAttribute("aria-readonly");
  }
});
