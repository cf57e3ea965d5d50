// How a page comes, and what else is in it.

import { remarks } from "../browsers.mjs";
import { document, paragraph } from "./page.mjs";

const undeclared = { html: document({ head: '<meta charset="utf-8">' }), type: "text/html", behind: "meta" };

const modules = `
    define("own", [], () => "works");
    require(["own"], (own) => { window.own = own; });`;

export const deliveries = [
    ...["gzip", "br", "deflate"].map((coding) => ({ name: `compressed with ${coding}`, html: document(), coding })),
    { name: "compressed, and charset in the document", ...undeclared, coding: "br" },
    { name: "compressed by nginx", html: document(), path: "/compressed/page" },
    { name: "in small pieces", ...undeclared, inPieces: true },
    { name: "in small pieces, and compressed", html: document(), inPieces: true, coding: "gzip" },
    { name: "a long page", html: document({ body: `${"<p>Shop</p>\n".repeat(4000)}${paragraph}` }) },
    { name: "a page that is not found", html: document(), status: 404, logs: remarks.failedRequest(404) },
    { name: "a base of another host", html: document({ head: '<base href="https://cdn.example/files/">' }) },
    {
        name: "a base of another host, in front of the charset",
        html: `<!doctype html><html><head><title>Shop</title><base href="https://cdn.example/files/">
            <meta charset="utf-8"></head><body>${paragraph}</body></html>`,
        type: "text/html",
        behind: "title",
    },
    {
        name: "RequireJS comes before the SDK",
        html: document({ head: `<script src="/js/require.js"></script><script>${modules}</script>` }),
        own: "works",
        sdkAfter: () => window.own,
    },
    {
        name: "RequireJS comes after the SDK",
        html: document({ body: `${paragraph}<script>
            const isTagged = document.querySelector("script[data-aep]");
            const timer = setInterval(() => {
                if (window.ngxAepWebSdk || !isTagged) { clearInterval(timer); loadLibrary(); }
            }, 10);
            function loadLibrary() {
                const library = document.createElement("script");
                library.src = "/js/require.js";
                library.onload = () => { ${modules} };
                document.head.append(library);
            }
        </script>` }),
        own: "works",
    },
];
