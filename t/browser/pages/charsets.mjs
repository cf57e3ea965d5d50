// Where the charset is said, and what it is. Each page has a text that reads otherwise in another charset.

import { remarks } from "../browsers.mjs";
import { bytes, document, paragraph, text } from "./page.mjs";

const undeclared = "text/html";

/** A page whose head has `declaration` at this byte, or ends there. */
const at = (offset, declaration) => {
    const start = "<!doctype html><html><head><title>Shop</title><!--";
    const filling = "x".repeat(offset - start.length - "-->".length);
    return `${start}${filling}-->${declaration}<link rel="icon" href="data:,"></head><body>${paragraph}</body></html>`;
};

const meta = '<meta charset="utf-8">';

/** A page in a charset of its own: `written` are its bytes, one a character. The title is in front of the <meta>. */
const written = (charset, characters) => bytes(`<!doctype html><html><head><title>${characters}</title>
<meta http-equiv="Content-Type" content="text/html; charset=${charset}"></head>
<body><p id="text">${characters}</p></body></html>`);

const czech = "\x8Elu\x9Dou\xE8k\xFD k\xF9\xF2";
const japanese = "\x83\x5C\x83\x74\x83\x67\x95\x5C\x8E\xA6";  // with bytes of ASCII: "\" and "t"
const korean = "\xC7\xD1\xB1\xB9\xBE\xEE";
const chinese = "\xA4\xA4\xA4\xE5\xB3\x5C\xA5\x5C";
const iso2022 = "\x1B$BF|K\\8l\x1B(B";

export const charsets = [
    { name: "charset in the first bytes", html: document({ head: meta }), type: undeclared, behind: "meta" },
    { name: "charset in the header and the document", html: document({ head: meta }) },
    {
        name: "charset by http-equiv",
        html: document({ head: '<META HTTP-EQUIV="content-type" CONTENT="text/html;CHARSET=UTF-8">' }),
        type: undeclared,
        behind: "meta",
    },
    { name: "charset right before byte 1024", html: at(1024 - meta.length, meta), type: undeclared, behind: "meta" },
    { name: "charset across byte 1024", html: at(1023, meta), type: undeclared, behind: "title" },
    { name: "charset right behind byte 1024", html: at(1024, meta), type: undeclared, behind: "title" },
    { name: "charset far behind byte 1024", html: at(5000, meta), type: undeclared, behind: "title" },
    {
        name: "charset behind scripts and styles",
        html: document({ head: `<script>window.own = "<meta charset=windows-1252>";</script>
            <style>/* <meta charset=windows-1252> */</style>${meta}` }),
        type: undeclared,
        own: "<meta charset=windows-1252>",
        behind: "meta",
    },
    { name: "a byte order mark", html: `\uFEFF${document()}`, type: undeclared },
    {
        name: "a byte order mark, and another charset in the document",
        html: `\uFEFF${document({ head: '<meta charset="windows-1252">' })}`,
        type: undeclared,
    },
    {
        name: "another charset in the header than in the document",
        html: written("utf-8", czech),
        type: "text/html; charset=windows-1250",
        charset: "windows-1250",
    },
    {
        name: "windows-1250", html: written("windows-1250", czech), type: undeclared, charset: "windows-1250",
        behind: "meta",
    },
    {
        name: "Shift_JIS", html: written("Shift_JIS", japanese), type: undeclared, charset: "Shift_JIS",
        behind: "meta", text: "ソフト表示",
    },
    {
        name: "EUC-KR", html: written("euc-kr", korean), type: undeclared, charset: "EUC-KR",
        behind: "meta", text: "한국어",
    },
    {
        name: "Big5, in the header", html: written("big5", chinese), type: "text/html;charset=Big5", charset: "Big5",
        text: "中文許功",
    },
    {
        name: "a charset that the browser has to guess",
        logs: remarks.guessedCharset,
        html: bytes(`<html><head><title>${japanese}</title></head>
<body><p id="text">${japanese.repeat(20)}</p></body></html>`),
        type: undeclared,
        charset: "Shift_JIS",
        mode: "BackCompat",
        text: "ソフト表示".repeat(20),
        behind: "title",
    },
    {
        name: "UTF-16 by its byte order mark", html: Buffer.from(`\uFEFF${document()}`, "utf16le"), type: undeclared,
        charset: "UTF-16LE", tag: false,
    },
    {
        name: "UTF-16 by the header", html: Buffer.from(document(), "utf16le"), type: "text/html; charset=utf-16le",
        charset: "UTF-16LE", tag: false,
    },
    {
        name: "ISO-2022-JP", html: written("iso-2022-jp", iso2022), type: undeclared, charset: "ISO-2022-JP",
        tag: false, text: "日本語",
    },
    {
        name: "ISO-2022-JP by the header", html: written("iso-2022-jp", iso2022),
        type: "text/html; charset=ISO-2022-JP", charset: "ISO-2022-JP", tag: false, text: "日本語",
    },
].map((page) => ({ text, ...page }));
