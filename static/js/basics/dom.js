/** Making elements without markup strings. */

/**
 * An element with attributes and children. true makes a bare attribute, false and null none;
 * a name that begins with "on" is a listener.
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

/** An icon of the sprite, hidden from screen readers: the control around it carries the name. */
export function icon(name, className = "") {
  const svg = document.createElementNS(SVG, "svg");
  const use = document.createElementNS(SVG, "use");
  svg.setAttribute("class", `icon ${className}`.trim());
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `${document.body.dataset.icons}#${name}`);
  svg.append(use);
  return svg;
}

/** Shows another icon in an icon that is already on the page. */
export function changeIcon(svg, name) {
  svg.firstElementChild.setAttribute("href", `${document.body.dataset.icons}#${name}`);
}

/** Does this element take key presses for itself (typing, pressing, choosing)? */
export function ownsKeys(element) {
  return Boolean(
    element?.closest?.(
      "a[href], button, input, select, textarea, summary, [contenteditable], [role='slider'], [role^='menuitem'], dialog[open], dialog:popover-open",
    ),
  );
}
