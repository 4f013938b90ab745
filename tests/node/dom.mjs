// As much of a DOM as the element needs to be created in Node.

class FakeElement extends EventTarget {
  attributes = new Map();
  children = [];
  ownerDocument = document;
  isConnected = false;

  append(...nodes) {
    this.children.push(...nodes.filter((node) => node instanceof FakeElement));
  }

  replaceChildren(...nodes) {
    this.children = [];
    this.append(...nodes);
  }

  get childElementCount() {
    return this.children.length;
  }

  setAttribute(name, value) {
    this.attributes.set(name, value);
  }

  getAttribute(name) {
    return this.attributes.get(name) ?? null;
  }

  removeAttribute(name) {
    this.attributes.delete(name);
  }

  hasAttribute(name) {
    return this.attributes.has(name);
  }

  toggleAttribute(name, isSet) {
    if (isSet) this.setAttribute(name, '');
    else this.removeAttribute(name);
  }

  querySelector() {
    return null;
  }

  attachShadow() {
    this.shadowRoot = new FakeElement();
    return this.shadowRoot;
  }

  attachInternals() {
    return { setValidity() {}, setFormValue() {} };
  }
}

/** A document without a window, so the element adopts no style sheet. */
const document = {
  defaultView: null,
  createElement: () => new FakeElement(),
  createElementNS: () => new FakeElement(),
};

/** Installs the classes; call it before the element is imported. */
export function installDom() {
  Object.assign(globalThis, { HTMLElement: FakeElement, document });
}

/** Returns the names of all parts inside an element. */
export function partsOf(element) {
  const names = (element.getAttribute('part') ?? '').split(' ').filter(Boolean);
  return [...names, ...[element.shadowRoot ?? [], ...element.children].flat().flatMap(partsOf)];
}
