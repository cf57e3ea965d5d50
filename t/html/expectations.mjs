// What the finder's answers must fulfil, said with the tree and the tokens that parse5 makes of a document,
// and with nothing of the finder's own rules.

import { Tokenizer } from "parse5";
import {
    BYTE_ORDER_MARK, MARK, OWN_MARK, TAG, attribute, element, headOf, joinTexts, parseBytes, sameTree, takeOutOfHead,
    withoutMark,
} from "./dom.mjs";

const WINDOW = 1024; // bytes in which browsers look for a charset
const LONGEST_HELD = 1024; // the finder holds no longer tag
const NOT_ASCII_MARKS = ["\u00FE\u00FF", "\u00FF\u00FE", "\0\0\u00FE\u00FF"];
const NOT_ASCII_CHARSETS = /^(csiso2022kr|hz-gb-2312|iso-2022-(cn|cn-ext|kr)|replacement|utf-7)$/i;
const AMP = /^(amp|\u00E2\u009A\u00A1(\u00EF\u00B8\u008F)?)(4ads|4email)?$/;

/** Returns what is wrong with an answer, or undefined. */
export function objection({ bytes, charset }, { verdict, position }) {
    const known = charset === "known" || withoutMark(bytes) !== bytes;
    switch (verdict) {
        case "found":
            return objectionToPlace(bytes, position, known);
        case "not_document":
            return beginsDocument(bytes) ? "it is a document" : undefined;
        case "no_head":
            return objectionToNoHead(bytes, known);
        case "tagged":
            return objectionToTagged(bytes, known);
        case "amp":
            return beginsDocument(bytes) && isAmp(bytes) ? undefined : "it is not AMP";
        case "encoding":
            return objectionToEncoding(bytes, known);
        default:
            return "no answer";
    }
}

function objectionToPlace(bytes, position, known) {
    if (!beginsDocument(bytes)) {
        return "it is not a document";
    }
    if (isAmp(bytes.slice(0, position))) {
        return "it is AMP";
    }
    if (!known && bytes.slice(0, position).includes("\x1B")) {
        return "an ESC is before the place";
    }
    const original = parseBytes(bytes, { sourceCodeLocationInfo: true });
    const changed = parseBytes(bytes.slice(0, position) + TAG + bytes.slice(position));
    const index = takeOutOfHead(changed);
    if (index === undefined) {
        return "the tag is not in head";
    }
    if (known && index !== 0) {
        return "the tag is not the first in head";
    }
    if (!known) {
        joinTexts(changed, index);
    }
    if (!sameTree(original, changed)) {
        return "the tree is another one";
    }
    if (headOf(original).childNodes.some((node) => stopsAt(node, position, known))) {
        return "the tag is there already";
    }
    return known ? undefined : objectionToStop(headOf(original).childNodes, bytes, position);
}

/** Whether this is the module's tag at the place, or where the search for the charset came past it. */
function stopsAt(node, position, known) {
    const start = node.sourceCodeLocation?.startOffset;
    return isOwnTag(node) && (known ? start === position : start <= position);
}

function objectionToTagged(bytes, known) {
    if (!beginsDocument(bytes)) {
        return "it is not a document";
    }
    // The end of the tag is not waited for.
    const found = ["", ">", "'>", "\">"].some((end) => {
        const elements = headOf(parseBytes(bytes + end)).childNodes.filter(({ tagName }) => tagName !== undefined);
        return known ? elements.length > 0 && isOwnTag(elements[0]) : elements.some(isOwnTag);
    });
    return found ? undefined : "no tag is there";
}

export function isOwnTag(node) {
    return node.tagName === "script" && attribute(node, OWN_MARK) !== undefined;
}

/** The charset rule: where in head the tag goes when nothing before head says the charset. */
function objectionToStop(children, bytes, position) {
    const located = children.filter((node) => node.sourceCodeLocation);
    const start = (node) => node.sourceCodeLocation.startOffset;
    const end = (node) => node.sourceCodeLocation.endOffset;
    const before = located.filter((node) => start(node) < position);
    const next = located.find((node) => start(node) >= position);
    const last = before.at(-1);
    if (before.some((node) => mustFollowTag(node) || (isCharset(node) && node !== last))) {
        return "the tag is too late: something before it should have stopped the search";
    }
    const reachesBeyond = (node) => start(node) < WINDOW && end(node) > WINDOW;
    if (before.some((node) => node.nodeName !== "#text" && node.tagName !== "meta" && reachesBeyond(node))) {
        return "the tag is too late: a token before it reaches beyond the window";
    }
    if (before.some((node) => node.nodeName !== "#text" && start(node) >= WINDOW)) {
        return "the tag is too late: a token before it starts behind the window";
    }
    if (last && isCharset(last)) {
        return end(last) === position ? undefined : "the tag is not right behind the charset";
    }
    const isLong = next?.tagName === "meta" && end(next) - start(next) > LONGEST_HELD;
    const isEndless = next && (end(next) > WINDOW || (next === located.at(-1) && swallowsTag(bytes)));
    const stops = next && start(next) === position && (mustFollowTag(next) || isLong || isEndless);
    const isBeyond = position >= WINDOW || endOfTokenAt(bytes, position) > WINDOW;
    if (!next || stops || isBeyond || closesHead(bytes, start(next))) {
        return undefined;
    }
    return "the tag is too early: nothing there stops the search";
}

/** Where a tag, doctype or character reference ends that begins at an offset; 0 when none does. */
function endOfTokenAt(bytes, offset) {
    const reference = /^&[#\w]*;?/.exec(bytes.slice(offset));
    if (reference) {
        return offset + reference[0].length;
    }
    let end;
    const onTag = ({ location }) => (end ??= offset + location.endOffset);
    const onOther = () => (end ??= 0);
    const tokenizer = new Tokenizer({ sourceCodeLocationInfo: true }, {
        onComment: onOther,
        onDoctype: onTag,
        onStartTag: onTag,
        onEndTag: onTag,
        onEof: onOther,
        onCharacter: onOther,
        onWhitespaceCharacter: onOther,
        onNullCharacter: onOther,
    });
    tokenizer.write(bytes.slice(offset), true);
    return end;
}

/** Whether head is closed before this offset. What belongs in head still goes there then, but no comment. */
function closesHead(bytes, offset) {
    const probe = parseBytes(`${bytes.slice(0, offset)}<!--probe-->`);
    return headOf(probe).childNodes.at(-1)?.data !== "probe";
}

function objectionToNoHead(bytes, known) {
    if (!beginsDocument(bytes)) {
        return "it is not a document";
    }
    // The finder holds tags back until they end, up to a length; nothing else that takes in what follows it.
    const isNotHeld = !known || bytes.length > LONGEST_HELD || /<!doctype[^>]*$/i.test(bytes);
    if (isNotHeld && swallowsTag(bytes)) {
        return undefined;
    }
    const original = parseBytes(bytes);
    for (let position = 0; position <= bytes.length; ++position) {
        const changed = parseBytes(bytes.slice(0, position) + TAG + bytes.slice(position));
        if (takeOutOfHead(changed) === 0 && sameTree(original, changed)) {
            return `there is a place at ${position}`;
        }
    }
    return undefined;
}

/** Whether the document ends inside of something that takes in all that follows: a comment, a script. */
function swallowsTag(bytes) {
    const isIn = (node) => attribute(node, MARK) !== undefined || (node.childNodes ?? []).some(isIn);
    return !isIn(parseBytes(bytes + TAG));
}

function objectionToEncoding(bytes, known) {
    if (NOT_ASCII_MARKS.some((mark) => bytes.startsWith(mark))) {
        return undefined;
    }
    if (known || !beginsDocument(bytes)) {
        return "nothing says so";
    }
    const metas = headOf(parseBytes(bytes)).childNodes.filter(isCharset);
    return bytes.includes("\x1B") || NOT_ASCII_CHARSETS.test(declaredCharset(metas[0])) ? undefined : "nothing says so";
}

/** What the tag may not stand behind. Where a <template> ends, the finder cannot say. */
function mustFollowTag(node) {
    return isPolicy(node) || node.tagName === "base" || node.tagName === "template";
}

export function isPolicy(node) {
    return node.tagName === "meta" && attribute(node, "http-equiv")?.toLowerCase() === "content-security-policy";
}

function isCharset(node) {
    return declaredCharset(node) !== undefined;
}

function declaredCharset(node) {
    if (node?.tagName !== "meta") {
        return undefined;
    }
    const label = attribute(node, "charset")?.replace(/^[\t\n\f\r ]+|[\t\n\f\r ]+$/g, "");
    if (label) {
        return label;
    }
    const isContentType = attribute(node, "http-equiv")?.toLowerCase() === "content-type";
    return isContentType ? charsetOfContent(attribute(node, "content") ?? "") : undefined;
}

/** HTML 2.5.3, extracting a character encoding from a meta element. */
function charsetOfContent(content) {
    const declaration = /charset[\t\n\f\r ]*=[\t\n\f\r ]*(?:"([^"]*)"|'([^']*)'|(?!["'])([^\t\n\f\r ;]*)|["'])/i;
    const match = declaration.exec(content);
    return match?.slice(1).find((label) => label?.trim());
}

function isAmp(bytes) {
    const html = element(parseBytes(bytes), "html");
    return html.attrs.some(({ name }) => AMP.test(name));
}

/** The document rule, on the tokens. */
export function beginsDocument(bytes) {
    let verdict;
    let text = "";
    const decide = (isDocument) => {
        // A mark that "</>" parts is none.
        const hasMarks = text.split(BYTE_ORDER_MARK).length <= bytes.split(BYTE_ORDER_MARK).length;
        verdict ??= isDocument && hasMarks && /^[\t\n\f\r ]*$/.test(text.replaceAll(BYTE_ORDER_MARK, ""));
    };
    const onText = ({ chars }) => (text += verdict === undefined ? chars : "");
    const handler = {
        onComment() {},
        onDoctype: () => decide(true),
        onStartTag: ({ tagName }) => decide(["html", "head", "body", "title"].includes(tagName)),
        onEndTag: () => decide(false),
        onEof: () => decide(false),
        onCharacter: onText,
        onWhitespaceCharacter: onText,
        onNullCharacter: onText,
    };
    const tokenizer = new Tokenizer({}, handler);
    tokenizer.write(withoutMark(bytes), true);
    return verdict === true;
}
