// What the finder's answers must fulfil where the tag is to go to the end of head. No policy allows it there.

import {
    BYTE_ORDER_MARK, MARK, TAG, attribute, headOf, joinTexts, parseBytes, sameTree, takeOutOfHead, withoutMark,
} from "./dom.mjs";
import { beginsDocument, isOwnTag, isPolicy, objection } from "./expectations.mjs";

const LONGEST_HELD = 1024; // the finder holds no longer tag
const LOCAL = /^[\0- ]*([.#?]|\/[^/\\\0- ]|\/?$)/;

/** Returns what is wrong with an answer, or undefined. */
export function objectionToEnd({ bytes, charset }, { verdict, position }) {
    switch (verdict) {
        case "found":
            return objectionToPlace(bytes, position, charset === "known");
        case "no_head":
            return objectionToNoHead(bytes, charset);
        case "tagged":
            return headOf(parseBytes(`${bytes}'">`)).childNodes.some(isOwnTag) || isTagged(bytes)
                ? undefined
                : "no tag is there";
        case "encoding":
            return bytes.includes("\x1B") ? undefined : objection({ bytes, charset }, { verdict, position });
        default:
            return objection({ bytes, charset }, { verdict, position });
    }
}

function isTagged(bytes) {
    return ["", ">", "'>", "\">"].some((end) => headOf(parseBytes(bytes + end)).childNodes.some(isOwnTag));
}

function objectionToPlace(bytes, position, known) {
    if (!beginsDocument(bytes)) {
        return "it is not a document";
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
    joinTexts(changed, index);
    if (!sameTree(original, changed)) {
        return "the tree is another one";
    }
    const mark = withoutMark(bytes) === bytes ? 0 : BYTE_ORDER_MARK.length;
    const start = (node) => node.sourceCodeLocation.startOffset + mark;
    const children = headOf(original).childNodes.filter((node) => node.sourceCodeLocation);
    if (children.some((node) => start(node) < position && (mustFollowTag(node) || isOwnTag(node)))) {
        return "the tag is too late";
    }
    const next = children.find((node) => start(node) >= position);
    const isStopped = next && start(next) === position && mustFollowTag(next);
    const isClosed = /^<\/head[\s/>]/i.test(bytes.slice(position));
    const isEscape = !known && bytes.slice(position).includes("\x1B");
    return !next || isStopped || isClosed || isEscape ? undefined : "the tag is too early";
}

function mustFollowTag(node) {
    return isPolicy(node) || node.tagName === "template" || (node.tagName === "base" && isForeign(node));
}

function isForeign(base) {
    const href = attribute(base, "href");
    return href !== undefined && !/^[\0- ]*$/.test(href) && !LOCAL.test(href);
}

/** What cannot be added to at its end, or has something in it that is too long to be held back. */
function objectionToNoHead(bytes, charset) {
    if (bytes.length > LONGEST_HELD) {
        return undefined;
    }
    const isAdded = headOf(parseBytes(bytes + TAG)).childNodes.some(isTag);
    return isAdded ? objection({ bytes, charset }, { verdict: "no_head", position: 0 }) : undefined;
}

/** Whether this is the tag, and no other element that has taken in its attributes. */
function isTag(node) {
    return TAG.includes(`src="${attribute(node, "src")}"`) && attribute(node, MARK) !== undefined && node.attrs.length === 3;
}
