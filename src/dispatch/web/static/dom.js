// Elements made and kept. Text from outside only ever becomes text nodes; nothing here parses markup.

export const $ = (selector) => document.querySelector(selector);

export function h(tag, props, ...children) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(props || {})) {
    if (key === "onclick") element.addEventListener("click", value);
    else if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(key, value === true ? "" : String(value));
    }
  }
  const shown = (child) => child !== null && child !== undefined && child !== "";
  element.append(...children.flat(Infinity).filter(shown));
  return element;
}

const kept = new WeakMap();

// Let `parent` hold one element for each [key, basis, make], in that order. An element is made again only when its
// basis (a list) is another one than before: the rest stays where it is, with its focus, its scroll and its selection.
export function keep(parent, items) {
  const before = kept.get(parent) || new Map(), after = new Map();
  const focused = parent.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  for (const [key, basis, make] of items) {
    const had = before.get(key);
    const same = had && had.basis.length === basis.length && had.basis.every((one, index) => one === basis[index]);
    after.set(key, same ? had : { basis, element: make() });
  }
  for (const [key, had] of before) if (after.get(key) !== had) had.element.remove();
  let next = parent.firstChild;
  for (const { element } of after.values()) {
    if (element === next) next = next.nextSibling;
    else parent.insertBefore(element, next);
  }
  kept.set(parent, after);
  if (focused && !parent.contains(document.activeElement)) {
    parent.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
  }
}
