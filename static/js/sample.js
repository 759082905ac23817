// Sends the request that the page shows, from the browser, and shows its response and picture.
const box = document.querySelector(".sample-run");
const button = box.querySelector("button");
const result = box.querySelector(".sample-result");
const picture = result.querySelector("img");
const label = button.textContent;

// The picture of a test request is on another host, which this page may not load: draw the same.
function showPicture(url) {
  const [, size] = url.pathname.split("/");
  const query = new URLSearchParams({ size, text: url.searchParams.get("text") ?? "" });
  picture.src = `${box.dataset.picture}?${query}`;
  picture.hidden = false;
}

async function send() {
  const started = performance.now();
  const response = await fetch(box.dataset.path, {
    method: "POST",
    credentials: "omit",
    headers: { "X-API-Key": box.dataset.key, "Content-Type": "application/json" },
    body: box.dataset.body,
  });
  const body = await response.json();
  const duration = Math.round(performance.now() - started);
  result.querySelector("p").textContent = `${response.status} · ${duration} ms`;
  result.querySelector("code").textContent = JSON.stringify(body, null, 2);
  picture.hidden = true;
  if (body.data?.imageUrl) {
    showPicture(new URL(body.data.imageUrl));
  }
}

button.addEventListener("click", async () => {
  button.disabled = true;
  button.textContent = button.dataset.busy;
  try {
    await send();
  } catch {
    result.querySelector("p").textContent = box.dataset.failed;
  }
  result.hidden = false;
  button.disabled = false;
  button.textContent = label;
});

box.hidden = false;
