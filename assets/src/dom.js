// Elements are made, never parsed: whatever an answer holds is text.

const SVG = "http://www.w3.org/2000/svg";

function filled(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name, value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** An element of HTML; an attribute that is a function listens to the event of its name. */
export function html(name, attributes = {}, ...children) {
  return filled(document.createElement(name), attributes, children);
}

export function svg(name, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, name), attributes, children);
}

/** The sentence with its `{places}` filled in. */
export function say(sentence, values = {}) {
  return sentence.replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);
}

/** A field with a choice, labelled; `changed` hears the index chosen. */
export function choice(label, options, chosen, changed) {
  const items = options.map((text, index) => html("option", { value: index, selected: index === chosen }, text));
  const select = html("select", { change: () => changed(Number(select.value)) }, ...items);
  return html("label", { class: "choice" }, `${label} `, select);
}

/** Keeps a drawing as wide as its place; `draw` is given the width. Sizes are set outside of the observer's own turn. */
export function drawn(place, draw) {
  let wide = 0;
  new ResizeObserver(() => {
    if (place.clientWidth === wide || !place.clientWidth) return;
    wide = place.clientWidth;
    requestAnimationFrame(() => place.replaceChildren(draw(wide)));
  }).observe(place);
  return () => wide && place.replaceChildren(draw(wide));
}
