"use strict";
// Cart, search and sorting; the builder appends checkout.js. What comes from storage or the address
// is checked, and only ever written as text.

// Where the shop's paths begin: "/" on a host of its own.
const ROOT = document.body.dataset.root;
const at = (path) => ROOT + path.slice(1);
const KEY = ROOT === "/" ? "cart" : `cart ${ROOT}`;
const MOST = 20;
const find = (selector, root = document) => root.querySelector(selector);
const findAll = (selector, root = document) => [...root.querySelectorAll(selector)];
const fromTemplate = (selector, root) => find(selector, root).content.firstElementChild.cloneNode(true);

function readCart() {
  try {
    const lines = JSON.parse(localStorage.getItem(KEY));
    return Array.isArray(lines) ? lines.filter(isLine) : [];
  } catch {
    return [];
  }
}

function isLine(line) {
  return typeof line?.slug === "string" && typeof line.choice === "string" && clamp(line.count) === line.count;
}

function writeCart(lines) {
  try {
    localStorage.setItem(KEY, JSON.stringify(lines));
  } catch {
    return false;
  }
  showCount();
  return true;
}

// Texts of a shop in another language than English.
const WORDS = JSON.parse(find("#words")?.textContent ?? "{}");
const say = (text, values = {}) => (WORDS[text] ?? text).replace(/\{(\w+)\}/g, (_, name) => values[name]);

const clamp = (value) => Math.min(MOST, Math.max(1, Math.trunc(Number(value)) || 1));

function showCount() {
  find("[data-cart-count]").textContent = readCart().reduce((sum, line) => sum + line.count, 0);
}

function addLine(slug, choice, count) {
  const lines = readCart();
  const same = lines.find(isSame({ slug, choice }));
  if (same) same.count = clamp(same.count + count);
  else lines.push({ slug, choice, count });
  return writeCart(lines);
}

function watchAddForm(form) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const fields = new FormData(form);
    const count = clamp(fields.get("quantity"));
    fields.delete("quantity");
    const choice = [...fields].map(([name, value]) => `${name}: ${value}`).join(", ");
    const said = find(".said", form);
    if (!addLine(form.dataset.add, choice, count)) {
      said.textContent = say("This browser does not let us keep a cart. Please order by message.");
      return;
    }
    const link = document.createElement("a");
    link.href = at("/cart/");
    link.textContent = say("See your cart");
    said.replaceChildren(`${say("In your cart.")} `, link);
  });
}

let index;
function loadIndex() {
  index ??= fetch(document.body.dataset.index).then((answer) => answer.json());
  return index;
}

function moneyIn(data) {
  const digits = new Intl.NumberFormat(data.money.locale, { maximumFractionDigits: 0 });
  return (amount) => data.money.prefix + digits.format(amount);
}

const knownLines = (data) => readCart().filter((line) => Object.hasOwn(data.products, line.slug));

function totalOf(data, lines) {
  return lines.reduce((sum, line) => sum + data.products[line.slug].amount * line.count, 0);
}

function showState(root, lines) {
  find("[data-cart-empty]", root).hidden = lines.length > 0;
  find("[data-cart-full]", root).hidden = lines.length === 0;
}

function showTotals(root, data) {
  const total = moneyIn(data)(totalOf(data, knownLines(data)));
  for (const node of findAll("[data-total]", root)) node.textContent = total;
}

async function showCart(root) {
  const data = await loadIndex();
  const lines = knownLines(data);
  showState(root, lines);
  showTotals(root, data);
  find("[data-lines]", root).replaceChildren(...lines.map((line, place) => drawLine(root, data, line, place)));
}

function drawLine(root, data, line, place) {
  const product = data.products[line.slug];
  const money = moneyIn(data);
  const node = fromTemplate("[data-line]", root);
  for (const link of findAll("[data-link]", node)) link.href = at(product.path);
  find("a", node).setAttribute("aria-label", product.name);
  find("img", node).src = at(product.picture);
  find("[data-name]", node).textContent = product.name;
  find("[data-choice]", node).textContent = line.choice;
  find("[data-each]", node).textContent = money(product.amount);
  find("[data-sum]", node).textContent = money(product.amount * line.count);
  const input = find("input", node);
  input.id = `count-${place}`;
  input.value = line.count;
  Object.assign(find("label", node), { htmlFor: input.id, textContent: say("Quantity of {name}", product) });
  input.addEventListener("change", () => changeCount(root, data, line, node));
  const button = find("button", node);
  button.setAttribute("aria-label", say("Remove {name}", product));
  button.addEventListener("click", () => removeLine(root, data, line));
  return node;
}

const isSame = (line) => (other) => other.slug === line.slug && other.choice === line.choice;

function changeCount(root, data, line, node) {
  const input = find("input", node);
  line.count = clamp(input.value);
  input.value = line.count;
  writeCart(readCart().map((other) => (isSame(line)(other) ? line : other)));
  find("[data-sum]", node).textContent = moneyIn(data)(data.products[line.slug].amount * line.count);
  showTotals(root, data);
  find("[data-cart-said]", root).textContent = say("Total {total}", { total: find("[data-total]", root).textContent });
}

async function removeLine(root, data, line) {
  writeCart(readCart().filter((other) => !isSame(line)(other)));
  await showCart(root);
  find("[data-cart-said]", root).textContent = say("{name} was removed.", data.products[line.slug]);
  // The button that had the focus is gone; without this it would fall back to the page's top.
  (find("[data-lines] button", root) ?? find("[data-cart-empty] a", root)).focus();
}

function plain(text) {
  return text.normalize("NFKD").replace(/\p{Diacritic}/gu, "").toLowerCase();
}

async function showResults(root) {
  const query = new URLSearchParams(location.search).get("q")?.trim() ?? "";
  find("#query").value = query;
  if (!query) return;
  const data = await loadIndex();
  const words = plain(query).split(/\s+/);
  const matches = Object.values(data.products).filter((product) => {
    const known = plain(`${product.name} ${product.category} ${product.text}`).split(/[^\p{L}\p{M}\p{N}]+/u);
    return words.every((word) => known.some((other) => other.startsWith(word)));
  });
  const found = matches.length === 1 ? "{count} product for “{query}”" : "{count} products for “{query}”";
  find("[data-found]", root).textContent = say(found, { count: matches.length, query });
  find("[data-results]", root).replaceChildren(...matches.map((product) => drawResult(root, data, product)));
}

function drawResult(root, data, product) {
  const node = fromTemplate("[data-result]", root);
  find("a", node).href = at(product.path);
  find("img", node).src = at(product.picture);
  find(".card-name", node).textContent = product.name;
  find(".card-price", node).textContent = product.price;
  return node;
}

function watchSorting(select) {
  const list = find("[data-cards]");
  const chosen = [...list.children];
  const amount = (card) => Number(card.dataset.amount);
  const orders = {
    low: (a, b) => amount(a) - amount(b),
    high: (a, b) => amount(b) - amount(a),
    name: (a, b) => a.dataset.name.localeCompare(b.dataset.name),
  };
  select.closest("[hidden]").hidden = false;
  select.addEventListener("change", () => {
    const order = orders[select.value];
    list.replaceChildren(...(order ? [...chosen].sort(order) : chosen));
  });
}

const ROLES = {
  "[data-add]": watchAddForm,
  "[data-cart]": showCart,
  "[data-checkout]": showCheckout,
  "[data-search]": showResults,
  "[data-sort]": watchSorting,
};
for (const [selector, start] of Object.entries(ROLES)) findAll(selector).forEach(start);
showCount();
addEventListener("storage", showCount);
// A page that comes back from the browser's memory shows the cart of an earlier moment.
addEventListener("pageshow", (event) => {
  showCount();
  if (event.persisted) findAll("[data-cart]").forEach(showCart);
});
