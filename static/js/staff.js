// "/" moves to the search box, as its label shows.
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
