// Searches all pages in the browser; loaded, and its index, when the search is first opened.
const dialog = document.querySelector(".doc-search");
const field = dialog.querySelector("input");
const list = dialog.querySelector("ul");
const status = dialog.querySelector("[role=status]");
const MOST = 12;

// What the search says, in the language of the page.
const texts = {
  loading: "Loading…",
  none: "No results for “{term}”.",
  failed: "The search could not be loaded. Check your connection.",
  ...dialog.dataset,
};

// How much a word counts by the place where it stands.
const WEIGHTS = { heading: 8, page: 4, text: 1 };
const words = (text) => text.toLowerCase().normalize("NFKC").match(/[\p{L}\p{M}\p{N}_]+/gu) ?? [];

// What English words have in common: receive, receives, receiving.
const stem = (word) => (word.length > 4 ? word.replace(/ies$/, "y").replace(/(ing|ed|es|s|e)$/, "") : word);

// What is in the index, empty until it has been loaded.
let entries = [];
// Word → entry → weight.
let postings = new Map();
const stems = new Map();

function addWords(entry, some, weight) {
  for (const word of some) {
    if (!postings.has(word)) {
      postings.set(word, new Map());
      stems.set(word, stem(word));
    }
    const places = postings.get(word);
    places.set(entry, Math.min((places.get(entry) ?? 0) + weight, weight * 3));
  }
}

export function buildIndex(loaded) {
  entries = loaded;
  postings = new Map();
  entries.forEach(([address, page, heading, text], entry) => {
    // In each language, addresses have the English words, which some readers look for.
    const [slug, anchor] = address.split("/docs/")[1].split("#");
    addWords(entry, words(text), WEIGHTS.text);
    // A code such as prompt_too_long is found by its parts, too.
    addWords(entry, new Set(words(`${page} ${slug} ${heading.replaceAll("_", " ")}`)), WEIGHTS.page);
    addWords(entry, new Set(words(`${heading || page} ${anchor ?? slug}`)), WEIGHTS.heading);
  });
}

// Edit distance with swapped neighbours; stops above `most`.
export function distance(a, b, most) {
  if (Math.abs(a.length - b.length) > most) {
    return most + 1;
  }
  let [before, last] = [null, Array.from({ length: b.length + 1 }, (_, index) => index)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      row[j] = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        row[j] = Math.min(row[j], before[j - 2] + 1);
      }
    }
    if (Math.min(...row) > most) {
      return most + 1;
    }
    [before, last] = [last, row];
  }
  return last[b.length];
}

// The entries with a word like this one. What is exact counts most, a typing error least.
function matches(term) {
  const found = new Map();
  const most = term.length < 4 ? 0 : term.length < 8 ? 1 : 2;
  const root = stem(term);
  for (const [word, places] of postings) {
    let quality = 0;
    if (word === term) {
      quality = 1;
    } else if (word.startsWith(term)) {
      quality = 0.7;
    } else if (stems.get(word) === root) {
      quality = 0.6;
    } else if (most && term.length > 4 && word.includes(term)) {
      quality = 0.4;
    } else if (most && distance(root, stems.get(word), most) <= most) {
      quality = 0.3;
    }
    if (quality) {
      for (const [entry, weight] of places) {
        found.set(entry, Math.max(found.get(entry) ?? 0, quality * weight));
      }
    }
  }
  return found;
}

// The entries with most of the terms: all of them, if there are any with all.
export function find(query) {
  const typed = words(query);
  // Short words are in every text, unless they are all there is, such as 4k.
  const long = typed.filter((word) => word.length > 2);
  const terms = long.length ? long : typed;
  const scores = new Map();
  for (const term of terms) {
    const found = matches(term);
    // Rare words say more.
    const rarity = Math.log(1 + entries.length / found.size);
    for (const [entry, score] of found) {
      const [sum, count] = scores.get(entry) ?? [0, 0];
      scores.set(entry, [sum + score * rarity, count + 1]);
    }
  }
  const most = Math.max(0, ...[...scores.values()].map(([, count]) => count));
  return [...scores]
    .filter(([, [, count]]) => count === most)
    .sort(([, [a]], [, [b]]) => b - a)
    .slice(0, MOST)
    .map(([entry]) => entries[entry]);
}

// The text around the first word that was looked for, with all of them marked.
function snippet(text, terms) {
  const lower = text.toLowerCase();
  const at = Math.max(0, ...terms.map((term) => lower.indexOf(term)).filter((each) => each > 0).slice(0, 1));
  // Begins with a word: half of one can begin with a sign that has no letter.
  const start = at > 40 ? text.indexOf(" ", at - 30) + 1 : 0;
  return mark((start ? "… " : "") + text.slice(start, at + 120), terms);
}

function mark(text, terms) {
  const span = document.createElement("span");
  const escaped = terms.map((term) => term.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  for (const [index, piece] of text.split(new RegExp(`(${escaped.join("|")})`, "iu")).entries()) {
    const node = index % 2 ? document.createElement("mark") : document.createTextNode("");
    node.textContent = piece;
    span.append(node);
  }
  return span;
}

function showHits() {
  if (!entries.length) {
    // What is typed while the index loads is searched when it is there.
    return;
  }
  const terms = words(field.value);
  const hits = terms.length ? find(field.value) : [];
  list.replaceChildren(...hits.map(([address, page, heading, text], index) => {
    const item = document.createElement("li");
    item.id = `doc-hit-${index}`;
    item.setAttribute("role", "option");
    const link = document.createElement("a");
    link.href = address;
    link.tabIndex = -1;
    const title = document.createElement("strong");
    title.textContent = heading || page;
    link.append(title, heading ? ` · ${page}` : "", snippet(text, terms));
    item.append(link);
    return item;
  }));
  select(0);
  field.setAttribute("aria-expanded", String(hits.length > 0));
  status.textContent = terms.length && !hits.length ? texts.none.replace("{term}", () => field.value) : "";
}

function select(index) {
  const items = [...list.children];
  items.forEach((item, at) => item.setAttribute("aria-selected", String(at === index)));
  const item = items[index];
  if (item) {
    field.setAttribute("aria-activedescendant", item.id);
    item.scrollIntoView({ block: "nearest" });
  } else {
    field.removeAttribute("aria-activedescendant");
  }
}

field.addEventListener("input", showHits);
field.addEventListener("keydown", (event) => {
  const items = [...list.children];
  const at = items.findIndex((item) => item.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    select((at + (event.key === "ArrowDown" ? 1 : -1) + items.length) % (items.length || 1));
  } else if (event.key === "Enter") {
    event.preventDefault();
    items[at]?.querySelector("a").click();
  }
});
list.addEventListener("click", () => dialog.close());
// A press beside the dialog closes it.
dialog.addEventListener("click", (event) => {
  if (event.target === dialog) {
    dialog.close();
  }
});

// Fetches the index, unless it is there, and searches what has been typed.
export async function loadIndex() {
  if (entries.length) {
    return;
  }
  status.textContent = texts.loading;
  try {
    buildIndex(await (await fetch(dialog.dataset.index)).json());
    showHits();
  } catch {
    status.textContent = texts.failed;
  }
}
