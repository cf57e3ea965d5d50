// Native methods that Adobe's collector, its data layer, the Storefront Events SDK or our own code use, and what
// scripts of shops put in their place: methods of old frameworks, polyfills from before the method was standardized,
// and nothing at all. What leaves the collector alone without any event is here only where it is likely.

const array = (name, replacement) => ({ method: `Array.prototype.${name}`, replacement });
const string = (name, replacement) => ({ method: `String.prototype.${name}`, replacement });
const other = (method, replacement) => ({ method, replacement });

// Of the frameworks' iterations: a callback that returns something ends them, or they return the list.
const eachOwnKey = "const list = this; for (const key in list) { if (list.hasOwnProperty(key)) {";

export const nearMisses = [
    // Prototype.js 1.7.
    array("entries", "function () { return this.slice(); }"),
    array("entries", "function () { return this.map((value) => value); }"),
    array("toJSON", "function () { return '[' + this.join(',') + ']'; }"),
    other("Array.from", "function (list) { return list && 'length' in list ? [].slice.call(list) : []; }"),
    array("reduce", "function (f, initial) { let value = initial; for (let i = 0; i < this.length; i += 1) { " +
        "value = f(value, this[i], i); } return value; }"),
    array("find", "function (f, self) { for (let i = 0; i < this.length; i += 1) { " +
        "if (f.call(self, this[i], i)) { return this[i]; } } }"),
    array("filter", "function (f, self) { const found = []; for (let i = 0; i < this.length; i += 1) { " +
        "if (f.call(self, this[i], i)) { found.push(this[i]); } } return found; }"),
    array("some", "function (f) { throw new TypeError('iterator is not a function'); }"),
    array("every", "function (f) { return f(this[0]); }"),

    // Methods that iterate otherwise than the native ones, or give something else back.
    array("keys", "function () { return Object.keys(this); }"),
    array("values", "function () { return this.slice(); }"),
    other("Array.prototype[Symbol.iterator]", "function () { return this.slice(); }"),
    array("forEach", "function (f, self) { for (let i = 0; i < this.length; i += 1) { " +
        "if (f.call(self, this[i], i) === false) { return this; } } return this; }"),
    array("forEach", `function (f, self) { ${eachOwnKey} f.call(self, list[key], key); } } }`),
    array("map", "function (f) { const made = []; for (const key in this) { made.push(f(this[key], key)); } return made; }"),
    array("find", "function (f) { return null; }"),
    array("some", "function (f) { return false; }"),
    array("some", "function (f) { return this.filter(f).length; }"),
    array("includes", "function (value) { return false; }"),
    array("indexOf", "function (value) { return -1; }"),
    array("indexOf", "function (value) { throw new TypeError(); }"),
    array("push", "function (item) { this[this.length] = item; return this.length; }"),
    array("push", "function (...items) { for (let i = 0; i < items.length; i += 1) { this[this.length] = items[i]; } " +
        "return this; }"),
    array("splice", "function (start, count) { const gone = this.slice(start, start + count); " +
        "this.length = start; return gone; }"),
    array("concat", "function (list) { return [this, list]; }"),
    array("flat", "function () { return this; }"),
    array("flat", "undefined"),
    array("at", "undefined"),
    other("Array.isArray", "function (value) { return value instanceof Array && value.length > 0; }"),
    other("Array.isArray", "function () { return false; }"),
    other("Array.from", "function () { throw new TypeError(); }"),

    string("split", "function (separator) { const parts = []; let rest = ''; for (let i = 0; i < this.length; i += 1) { " +
        "if (this[i] === separator) { parts[parts.length] = rest; rest = ''; } else { rest += this[i]; } } " +
        "parts[parts.length] = rest; return parts; }"),
    string("split", "function () { return []; }"),
    string("trim", "undefined"),
    string("includes", "function (text) { throw new TypeError(); }"),
    string("includes", "undefined"),
    string("startsWith", "undefined"),
    string("toJSON", "function () { return this; }"),
    string("indexOf", "undefined"),

    other("Object.keys", "function (object) { const keys = []; for (const key in object) { keys.push(key); } return keys; }"),
    other("Object.values", "undefined"),
    other("Object.assign", "function (target, source) { for (const key in source) { target[key] = source[key]; } " +
        "return target; }"),
    other("Object.defineProperty", "function (object, name, { value }) { object[name] = value; }"),
    other("Object.isExtensible", "undefined"),
    other("Object.prototype.hasOwnProperty", "function (name) { return this[name] !== undefined; }"),
    other("Object.prototype.extend", "function (source) { return this; }"),
    other("Function.prototype.bind", "function (self) { const f = this; return function () { " +
        "return f.apply(self, arguments); }; }"),

    other("JSON.stringify", "function (value) { return String(value); }"),
    other("RegExp.prototype.test", "function (text) { return Boolean(text.match(this)); }"),
    other("RegExp.prototype.test", "undefined"),
    other("RegExp.prototype.exec", "undefined"),
    other("Promise.resolve", "undefined"),
    other("Promise.prototype.then", "function (done, failed) { setTimeout(done); return this; }"),
    other("Promise.prototype.catch", "undefined"),
    other("Promise.prototype.finally", "undefined"),

    other("document.querySelector", "undefined"),
    other("document.addEventListener", "undefined"),
    other("window.addEventListener", "function (type, listener) { this['on' + type] = listener; }"),
    other("window.String", "undefined"),
    other("window.Boolean", "undefined"),
    other("window.setTimeout", "((native) => (f, delay) => native(f, delay))(window.setTimeout)"),
    other("window.setInterval", "((native) => (f, delay) => native(f, delay))(window.setInterval)"),
    other("window.Date", "class { }"),
    other("window.console", "undefined"),
];
