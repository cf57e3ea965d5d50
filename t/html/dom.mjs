// Documents as a parser that follows the HTML standard reads them, and how they differ.

import { parse, html } from "parse5";

export const MARK = "data-aep-test";
/** What marks the tag of this module, not the one below. */
export const OWN_MARK = "data-aep";
export const TAG = `<script async src="/aep/x.js" ${MARK}></script>`;
export const BYTE_ORDER_MARK = "\u00EF\u00BB\u00BF";

/** Parses a string in which each character is one byte. Like a decoder it takes a byte order mark away. */
export function parseBytes(bytes, options = {}) {
    return parse(withoutMark(bytes), options);
}

export function withoutMark(bytes) {
    return bytes.startsWith(BYTE_ORDER_MARK) ? bytes.slice(BYTE_ORDER_MARK.length) : bytes;
}

export function element(parent, name) {
    return parent.childNodes.find((node) => node.tagName === name && node.namespaceURI === html.NS.HTML);
}

export function headOf(document) {
    return element(element(document, "html"), "head");
}

export function attribute(node, name) {
    return node.attrs?.find((attr) => attr.name === name && !attr.prefix)?.value;
}

/** Takes our element out of <head>. Returns where it was among the children, or undefined. */
export function takeOutOfHead(document) {
    const { childNodes } = headOf(document);
    const index = childNodes.findIndex((node) => attribute(node, MARK) !== undefined);
    if (index < 0 || childNodes[index].tagName !== "script" || childNodes[index].childNodes.length > 0) {
        return undefined;
    }
    childNodes.splice(index, 1);
    return index;
}

/** Joins the text nodes that our element parted. */
export function joinTexts(document, index) {
    const { childNodes } = headOf(document);
    const [before, after] = [childNodes[index - 1], childNodes[index]];
    if (before?.nodeName === "#text" && after?.nodeName === "#text") {
        before.value += after.value;
        childNodes.splice(index, 1);
    }
}

/** Whether two trees are the same, down to the mode of the document. */
export function sameTree(a, b) {
    if (a.nodeName !== b.nodeName || a.namespaceURI !== b.namespaceURI || a.mode !== b.mode) {
        return false;
    }
    if (a.value !== b.value || a.data !== b.data || a.name !== b.name) {
        return false;
    }
    if (a.publicId !== b.publicId || a.systemId !== b.systemId || !sameAttributes(a.attrs, b.attrs)) {
        return false;
    }
    if (a.content && !sameTree(a.content, b.content)) {
        return false;
    }
    const [left, right] = [a.childNodes ?? [], b.childNodes ?? []];
    return left.length === right.length && left.every((node, index) => sameTree(node, right[index]));
}

function sameAttributes(a = [], b = []) {
    return (
        a.length === b.length &&
    a.every(({ name, value, prefix }, index) => {
        const other = b[index];
        return name === other.name && value === other.value && prefix === other.prefix;
    })
    );
}
