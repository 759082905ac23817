// Accessibility faults of the page, as sentences: names, headings, ids, and contrast (WCAG 2.2 AA).
() => {
  const faults = [];
  const shown = (node) => node.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const name = (node) => `<${node.localName} class="${node.className}">`;

  for (const image of document.images) {
    if (!image.hasAttribute("alt")) faults.push(`no alt: ${image.src}`);
  }
  for (const field of document.querySelectorAll("input, select, textarea, meter")) {
    if (field.type === "hidden" || field.type === "submit") continue;
    const named = field.labels?.length || field.ariaLabel || field.getAttribute("aria-labelledby") || field.title;
    if (!named) faults.push(`no label: ${field.name || name(field)}`);
  }
  for (const control of document.querySelectorAll("a, button")) {
    if (shown(control) && !control.innerText.trim() && !control.ariaLabel && !control.querySelector("img[alt]:not([alt=''])") && !control.textContent.trim()) {
      faults.push(`no name: ${name(control)}`);
    }
  }
  const ids = [...document.querySelectorAll("[id]")].map((node) => node.id);
  for (const id of new Set(ids)) {
    if (ids.filter((other) => other === id).length > 1) faults.push(`id twice: ${id}`);
  }
  const levels = [...document.querySelectorAll("h1, h2, h3, h4")].filter(shown).map((node) => +node.localName[1]);
  if (levels.filter((level) => level === 1).length !== 1) faults.push("not one h1");
  levels.forEach((level, place) => {
    if (place && level > levels[place - 1] + 1) faults.push(`heading skips to h${level}`);
  });
  if (!document.documentElement.lang) faults.push("no language");
  if (!document.querySelector("main")) faults.push("no main");

  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const pixel = (colours) => {
    canvas.clearRect(0, 0, 1, 1);
    for (const colour of colours) {
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
    }
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const luminance = (rgb) => {
    const [r, g, b] = rgb.map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (node) => {
    const colours = [];
    for (let at = node; at; at = at.parentElement) colours.unshift(getComputedStyle(at).backgroundColor);
    return ["white", ...colours];
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const seen = new Set();
  while (texts.nextNode()) {
    const node = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || seen.has(node) || !shown(node) || node.closest(":disabled")) continue;
    seen.add(node);
    const style = getComputedStyle(node);
    const ground = behind(node);
    const [low, high] = [luminance(pixel(ground)), luminance(pixel([...ground, style.color]))].sort((a, b) => a - b);
    const ratio = (high + 0.05) / (low + 0.05);
    const size = parseFloat(style.fontSize);
    const enough = size >= 24 || (size >= 18.66 && style.fontWeight >= 700) ? 3 : 4.5;
    if (ratio < enough) {
      faults.push(`contrast ${ratio.toFixed(2)}: ${name(node)} "${node.textContent.trim().slice(0, 30)}"`);
    }
  }
  return faults;
}
