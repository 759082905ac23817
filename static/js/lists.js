// Lists: short addresses, the detail beside the list, the keyboard, and dragging over the strip.
const wide = matchMedia("(width >= 1100px)");
const detailOf = () => document.getElementById("detail");
const links = () => [...document.querySelectorAll(".list-layout .row-link")];

// Filters that are empty or as usual are no part of the address.
document.addEventListener("htmx:configRequest", (event) => {
  const form = event.detail.elt;
  if (!form.matches("form.pills")) {
    return;
  }
  const data = event.detail.formData;
  for (const [name, value] of [...data]) {
    const usual = form.elements[name]?.dataset?.default;
    if (value === "" || value === usual) {
      data.delete(name);
    }
  }
});

// A preset period ends a range; a range is a custom period.
document.addEventListener("change", (event) => {
  const { form, name } = event.target;
  if (!form?.matches("form.pills")) {
    return;
  }
  const { period, since, until } = form.elements;
  if (name === "period" && since && period.value !== "custom") {
    since.value = until.value = "";
  } else if (period && (name === "since" || name === "until")) {
    period.value = since.value || until.value ? "custom" : period.dataset.default ?? "";
  }
  for (const pill of form.querySelectorAll(".pill:has(select, input)")) {
    const control = pill.querySelector("select, input");
    const isUsual = [undefined, control.dataset.default].includes(control.value || undefined);
    pill.classList.toggle("is-set", control.type === "checkbox" ? control.checked : !isUsual);
  }
}, true);

document.addEventListener("submit", (event) => {
  if (event.target.matches("form.pills:popover-open")) {
    event.target.hidePopover();
  }
});

function setAddress(row, isNew) {
  const address = new URL(location.href);
  if (row) {
    address.searchParams.set("show", row);
  } else {
    address.searchParams.delete("show");
  }
  // As htmx marks its own entries, so that it loads the page when the user goes back.
  history.replaceState({ htmx: true }, "");
  history[isNew ? "pushState" : "replaceState"]({ htmx: true }, "", address);
}

const rowOf = (link) => link?.closest("tr, li");
const current = () => document.querySelector(".list-layout [data-open] .row-link");

function mark(link) {
  for (const row of document.querySelectorAll(".list-layout [data-open]")) {
    delete row.dataset.open;
    row.removeAttribute("aria-current");
  }
  const row = rowOf(link);
  if (row) {
    row.dataset.open = "";
    row.setAttribute("aria-current", "true");
  }
}

async function openDetail(url, { focus = false } = {}) {
  await htmx.ajax("GET", url, { target: "#detail", swap: "innerHTML" });
  const bar = document.createElement("div");
  bar.className = "detail-bar";
  const whole = document.createElement("a");
  whole.href = url;
  whole.textContent = detailOf().dataset.whole;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "button button-quiet button-small";
  close.textContent = detailOf().dataset.close;
  close.addEventListener("click", closeDetail);
  bar.append(whole, close);
  detailOf().prepend(bar);
  detailOf().scrollTop = 0;
  if (focus) {
    detailOf().tabIndex = -1;
    detailOf().focus({ preventScroll: true });
  }
}

function openRow(link, options) {
  const row = link.getAttribute("href").split("/").filter(Boolean).at(-1);
  setAddress(row, !detailOf().hasChildNodes());
  mark(link);
  return openDetail(link.getAttribute("href"), options);
}

function closeDetail() {
  const link = current() ?? links()[0];
  detailOf().replaceChildren();
  setAddress("", true);
  mark(null);
  link?.focus();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest(".list-layout .row-link");
  const isPlain = !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
  if (link && detailOf() && wide.matches && isPlain && event.button === 0) {
    event.preventDefault();
    openRow(link, { focus: true });
  }
});

function step(by) {
  const all = links();
  const now = rowOf(document.activeElement)?.querySelector(".row-link") ?? current();
  const next = all[Math.min(Math.max(all.indexOf(now) + by, 0), all.length - 1)];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
  if (next && next !== now && detailOf()?.hasChildNodes()) {
    openRow(next);
  }
}

document.addEventListener("keydown", (event) => {
  const isTyping = event.target.closest("input, select, textarea, [contenteditable], dialog, [popover]");
  if (isTyping || event.ctrlKey || event.metaKey || event.altKey || !links().length) {
    return;
  }
  const hasShortcuts = document.documentElement.dataset.shortcuts !== "off";
  if (hasShortcuts && (event.key === "j" || event.key === "k")) {
    event.preventDefault();
    step(event.key === "j" ? 1 : -1);
  } else if (event.key === "Escape" && detailOf()?.hasChildNodes()) {
    closeDetail();
  }
});

function openFromAddress() {
  const detail = detailOf();
  if (detail?.dataset.url && wide.matches && !detail.hasChildNodes()) {
    mark(links().find((link) => link.getAttribute("href") === detail.dataset.url));
    openDetail(detail.dataset.url);
  }
}

document.addEventListener("DOMContentLoaded", openFromAddress);
document.addEventListener("htmx:historyRestore", openFromAddress);
// A list that refreshed itself still shows which row is open.
document.addEventListener("htmx:afterSettle", () => {
  const row = new URLSearchParams(location.search).get("show");
  if (row && detailOf()?.hasChildNodes()) {
    mark(links().find((link) => link.getAttribute("href").endsWith(`/${row}/`)));
  }
});

// The strip: one tab stop, arrow keys, and a range by dragging.
const barOf = (event) => event.target.closest?.(".strip .chart-column");
const barsOf = (bar) => [...bar.parentNode.querySelectorAll(".chart-column")];
let first = null;

function tidyStops() {
  for (const columns of document.querySelectorAll(".strip .chart-columns")) {
    columns.querySelectorAll(".chart-column").forEach((bar, place, all) => {
      bar.tabIndex = place === all.length - 1 ? 0 : -1;
    });
  }
}

document.addEventListener("DOMContentLoaded", tidyStops);
document.addEventListener("htmx:afterSettle", tidyStops);

function brush(last) {
  const bars = barsOf(first);
  const [from, to] = [bars.indexOf(first), bars.indexOf(last)].sort((a, b) => a - b);
  bars.forEach((bar, place) => bar.classList.toggle("is-brushed", place >= from && place <= to));
  return [bars[from], bars[to]];
}

document.addEventListener("pointerdown", (event) => {
  first = event.button === 0 && event.pointerType === "mouse" ? barOf(event) : null;
});
document.addEventListener("dragstart", (event) => barOf(event) && event.preventDefault());
document.addEventListener("pointermove", (event) => {
  const bar = barOf(event);
  if (bar && first && bar.parentNode === first.parentNode) {
    brush(bar);
  }
});
document.addEventListener("pointerup", (event) => {
  const bar = barOf(event);
  if (first && bar && bar !== first && bar.parentNode === first.parentNode) {
    const [address, end] = brush(bar).map((each) => new URL(each.href));
    address.searchParams.set("until", end.searchParams.get("until"));
    location.assign(address);
  }
  first = null;
});
document.addEventListener("keydown", (event) => {
  const bar = barOf(event);
  const step = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity }[event.key];
  if (bar && step) {
    event.preventDefault();
    const bars = barsOf(bar);
    const place = Math.min(Math.max(bars.indexOf(bar) + step, 0), bars.length - 1);
    bar.tabIndex = -1;
    bars[place].tabIndex = 0;
    bars[place].focus();
  }
});

// The picture of a row is loaded when the row is seen: browsers begin with those two screens below.
const pictures = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (isIntersecting) {
      target.classList.add("is-seen");
      pictures.unobserve(target);
    }
  }
});

function watchPictures() {
  for (const cell of document.querySelectorAll(".thumb-cell:not(.is-seen)")) {
    pictures.observe(cell);
  }
}

document.addEventListener("DOMContentLoaded", watchPictures);
document.addEventListener("htmx:afterSettle", watchPictures);
