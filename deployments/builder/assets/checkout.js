
// The checkout: an order is a message, which the buyer sends.

async function showCheckout(root) {
  const data = await loadIndex();
  const lines = knownLines(data);
  showState(root, lines);
  const form = find("[data-address]", root);
  const update = () => {
    for (const field of form.querySelectorAll("[required]")) {
      field.setCustomValidity(field.value.trim() ? "" : form.dataset.address);
    }
    find("[data-incomplete]", root).hidden = form.checkValidity();
    showMessage(root, data, orderText(data, lines, new FormData(form)));
  };
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", update);
  find(".send", root).addEventListener("click", (event) => {
    if (!event.target.closest("[data-whatsapp], [data-email], [data-copy]")) return;
    if (!form.reportValidity()) event.preventDefault();
    else if (event.target.closest("[data-copy]")) copyOrder(root);
  });
  update();
}

function orderText(data, lines, fields) {
  const money = moneyIn(data);
  const rows = lines.map((line) => {
    const product = data.products[line.slug];
    const choice = line.choice ? ` (${line.choice})` : "";
    return `${line.count} × ${product.name}${choice}: ${money(product.amount * line.count)}`;
  });
  const labels = { buyer: "Name", phone: "Phone", address: "Address", note: "Note" };
  const given = Object.entries(labels).filter(([name]) => fields.get(name).trim());
  const details = given.map(([name, label]) => `${say(label)}: ${fields.get(name).trim()}`);
  if (details.length) details.unshift("");
  const total = say("Total: {total}", { total: money(totalOf(data, lines)) });
  return [say("Order for {brand}", data), "", ...rows, "", total, ...details].join("\n");
}

function showMessage(root, data, text) {
  find("[data-message]", root).textContent = text;
  const message = encodeURIComponent(text);
  const [chat, mail] = [find("[data-whatsapp]", root), find("[data-email]", root)];
  const missing = find("[data-address] :invalid", root);
  const subject = encodeURIComponent(say("Order for {brand}", data));
  const links = [
    [chat, () => `https://wa.me/${chat.dataset.whatsapp}?text=${message}`],
    [mail, () => `${mail.dataset.email}?subject=${subject}&body=${message.replaceAll("%0A", "%0D%0A")}`],
  ];
  // An order without a name or an address must not leave by a middle click or "Copy link" either.
  for (const [link, address] of links) if (link) link.href = missing ? `#${missing.id}` : address();
}

async function copyOrder(root) {
  const text = find("[data-message]", root);
  const said = find("[data-copied]", root);
  try {
    await navigator.clipboard.writeText(text.textContent);
    said.textContent = say("Copied. Paste it into a message to us.");
  } catch {
    getSelection().selectAllChildren(text);
    said.textContent = say("Selected. Copy it with your keyboard or a long press.");
  }
}
