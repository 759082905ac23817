// The documentation: tabs of languages, the current heading, and what only some pages need.

// Languages: one choice for all samples, remembered. Their tabs have the name that the page gives them.
const LANGUAGE = "docs-language";

function choose(language) {
  for (const group of document.querySelectorAll(".doc-samples")) {
    const figures = [...group.querySelectorAll(".doc-figure")];
    const chosen = figures.find((figure) => figure.dataset.sample === language) ?? figures[0];
    for (const figure of figures) {
      figure.hidden = figure !== chosen;
      const tab = document.getElementById(figure.getAttribute("aria-labelledby"));
      tab.setAttribute("aria-selected", String(figure === chosen));
      tab.tabIndex = figure === chosen ? 0 : -1;
    }
  }
}

function addTabs(group, number) {
  const tabs = document.createElement("div");
  tabs.className = "doc-tabs";
  tabs.setAttribute("role", "tablist");
  tabs.setAttribute("aria-label", document.getElementById("main").dataset.samples ?? "Language");
  for (const figure of group.querySelectorAll(".doc-figure")) {
    const tab = document.createElement("button");
    tab.type = "button";
    tab.id = `sample-${number}-${figure.dataset.sample.toLowerCase()}`;
    tab.setAttribute("role", "tab");
    tab.textContent = figure.dataset.sample;
    tab.addEventListener("click", () => {
      localStorage.setItem(LANGUAGE, figure.dataset.sample);
      const before = tab.getBoundingClientRect().top;
      choose(figure.dataset.sample);
      // Samples above have other heights now: keep this one in its place.
      window.scrollBy({ top: tab.getBoundingClientRect().top - before, behavior: "instant" });
    });
    figure.setAttribute("role", "tabpanel");
    figure.setAttribute("aria-labelledby", tab.id);
    tabs.append(tab);
  }
  tabs.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step) {
      const all = [...tabs.children];
      const next = all.at((all.indexOf(event.target) + step) % all.length);
      next.click();
      next.focus();
    }
  });
  group.prepend(tabs);
}

document.querySelectorAll(".doc-samples").forEach(addTabs);
choose(localStorage.getItem(LANGUAGE) ?? "curl");

// The heading that is being read is marked in the navigation.
const links = new Map(
  [...document.querySelectorAll(".doc-toc a")].map((link) => [link.hash.slice(1), link]),
);
const headings = [...document.querySelectorAll(".doc-text h2[id]")];

function markCurrent() {
  const current = headings.findLast((heading) => heading.getBoundingClientRect().top < 120);
  for (const [id, link] of links) {
    if (id === current?.id) {
      link.setAttribute("aria-current", "true");
    } else {
      link.removeAttribute("aria-current");
    }
  }
}

document.addEventListener("scroll", markCurrent, { passive: true });
markCurrent();

// On a phone, a link to a heading of the same page closes the navigation.
document.querySelector(".doc-nav")?.addEventListener("click", (event) => {
  if (event.target.closest("a[href^='#']")) {
    document.querySelector(".doc-nav").hidePopover?.();
  }
});

// A page that is reached by a long navigation shows where it is.
document.querySelector(".doc-nav [aria-current='page']")?.scrollIntoView({ block: "nearest" });

// Headings have the same address in each language.
document.querySelector(".languages").addEventListener("click", (event) => {
  const link = event.target.closest("a");
  if (link) {
    link.hash = location.hash;
  }
});

// The dialog is there at once, and what finds follows: what has been typed by then is searched, too.
const search = document.querySelector(".doc-search");

function openSearch() {
  search.showModal();
  search.querySelector("input").select();
  import("./docs-search.js").then(({ loadIndex }) => loadIndex(), () => {
    search.querySelector("[role=status]").textContent = search.dataset.failed;
  });
}

const find = document.querySelector("[data-open-search]");
find.hidden = false;
find.addEventListener("click", openSearch);
document.addEventListener("keydown", (event) => {
  const isCommand = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k";
  const isTyping = event.target.closest?.("input, select, textarea, [contenteditable]");
  if (isCommand || (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey)) {
    event.preventDefault();
    openSearch();
  }
});

// Only pages with a form for the reader's keys need the other script.
if (document.querySelector("[data-keys]")) {
  import("./docs-run.js").then(({ prepareSamples }) => prepareSamples());
}
