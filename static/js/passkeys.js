// Shows what needs passkeys where the browser has them, and reports why one could not be used.
if (window.PublicKeyCredential) {
  for (const part of document.querySelectorAll("[data-needs-passkeys]")) {
    part.hidden = false;
  }
}

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const cancelled = event.detail.exception?.name === "NotAllowedError";
  for (const line of document.querySelectorAll("[data-passkey-error]")) {
    line.textContent = cancelled ? line.dataset.cancelled : line.dataset.failed;
    line.hidden = false;
  }
});
