// Small helpers for building pages.

/** An element with properties and children; texts are never read as HTML. */
export function element(name, properties = {}, ...children) {
    const node = document.createElement(name);
    Object.assign(node, properties);
    node.append(...children);
    return node;
}

export const find = (selector) => document.querySelector(selector);

/** Puts `children` in place of what is in the element. */
export const fill = (selector, ...children) => find(selector).replaceChildren(...children);
