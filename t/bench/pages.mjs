// The pages that are served: as a shop's are, with a head of some hundred bytes.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";

export const SIZES = [8, 50, 500];

function page(kilobytes) {
    const head = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>A shop</title>
<link rel="stylesheet" href="/style.css">
</head>
<body>
`;
    const tail = "</body>\n</html>\n";
    let body = "";
    for (let i = 0; head.length + body.length + tail.length < kilobytes * 1024 - 80; i += 1) {
        body += `<li class="item"><a href="/product/${(i * 7919) % 10007}">Product ${i}</a> ${(i * 31) % 997}.99</li>\n`;
    }
    return head + body + tail;
}

/** Writes the pages, plain and compressed, below `directory`. */
export function writePages(directory) {
    mkdirSync(directory, { recursive: true });
    for (const size of SIZES) {
        const text = page(size);
        writeFileSync(join(directory, `${size}.html`), text);
        writeFileSync(join(directory, `${size}.html.gz`), gzipSync(text, { level: 6 }));
        writeFileSync(join(directory, `${size}.html.br`), brotliCompressSync(text));
    }
}
