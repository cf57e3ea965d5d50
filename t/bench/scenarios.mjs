// What is measured: for each scenario the variants that are compared, and what nginx is told for each of them.

import { SIZES } from "./pages.mjs";

const ORGANIZATION = "0123456789ABCDEF01234567@AdobeOrg";
const DATASTREAM = "ebebf826-a01f-4458-8cec-ef61de241c93";

const WEBSITE = `
            aep_datastream_id ${DATASTREAM};
            location ^~ /aep/ { aep_sdk; }
            location ^~ /ee/ { aep_gateway; }`;

const TAG = '<script async src="/aep/0123456789abcdef0123.js" data-aep="{&quot;v&quot;:1}"></script>';
const SUB_FILTER = `
            sub_filter_once on;
            sub_filter '<head>' '<head>${TAG.replaceAll("&", "&amp;")}';`;

/** What each variant adds to the modules, the http block and each server block. */
export function variants({ module, benchModules, edgePort }) {
    const benchModule = (name) => `${benchModules}/ngx_http_${name}_filter_module.so`;
    const edge = `aep_edge http://127.0.0.1:${edgePort} connections=64;`;
    return {
        plain: { load: [], http: "", server: "" },
        noop: { load: [benchModule("noop")], http: "", server: "" },
        sub_filter: { load: [], http: "", server: SUB_FILTER },
        gunzip_gzip: {
            load: [benchModule("gunzip_always")],
            http: "",
            server: `gunzip on; gzip on; gzip_comp_level 1; ${SUB_FILTER}`,
        },
        module: { load: [module], http: `aep_organization_id ${ORGANIZATION}; ${edge}`, server: WEBSITE },
    };
}

const PAGES = { plain: 1, noop: 1, sub_filter: 1, module: 1 };

/** Each has a name, the page that is asked for, and its server block's own lines. */
export function scenarios({ pages, certificate, key, upstreamPort }) {
    const proxied = "location / { proxy_pass http://upstream_pages; proxy_http_version 1.1; proxy_set_header Connection \"\"; }";
    return {
        upstream: `upstream upstream_pages { server 127.0.0.1:${upstreamPort}; keepalive 64; }`,
        list: [
            ...SIZES.map((size) => ({
                name: `static, http, sendfile on, ${size} KB`,
                path: `/${size}.html`,
                server: `root ${pages}; sendfile on;`,
                variants: PAGES,
            })),
            {
                name: "static, http, sendfile off, 50 KB",
                path: "/50.html",
                server: `root ${pages}; sendfile off;`,
                variants: PAGES,
            },
            {
                name: "static, compressed by nginx (gzip 1), 50 KB",
                path: "/50.html",
                headers: { "Accept-Encoding": "gzip" },
                server: `gzip on; gzip_comp_level 1; root ${pages}; sendfile on;`,
                variants: PAGES,
            },
            {
                name: "static, gzip_static, 50 KB",
                path: "/50.html",
                headers: { "Accept-Encoding": "gzip" },
                server: `gzip_static on; root ${pages}; sendfile on;`,
                variants: { plain: 1, gunzip_gzip: 1, module: 1 },
            },
            {
                name: "static, https, 50 KB",
                path: "/50.html",
                tls: true,
                server: `root ${pages}; sendfile on; ssl_certificate ${certificate}; ssl_certificate_key ${key};`,
                variants: PAGES,
            },
            { name: "proxied, 50 KB", path: "/50.html", server: proxied, variants: PAGES },
            {
                name: "proxied, compressed by nginx (gzip 1), 50 KB",
                path: "/50.html",
                headers: { "Accept-Encoding": "gzip" },
                server: `gzip on; gzip_comp_level 1; ${proxied}`,
                variants: PAGES,
            },
            ...SIZES.map((size) => ({
                name: `proxied, comes as gzip, ${size} KB`,
                path: `/gz/${size}.html`,
                headers: { "Accept-Encoding": "gzip" },
                server: proxied,
                variants: { plain: 1, gunzip_gzip: 1, module: 1 },
            })),
            {
                name: "proxied, comes as gzip, leaves by gunzip, 50 KB",
                path: "/gz/50.html",
                server: `gunzip on; ${proxied}`,
                variants: { plain: 1, sub_filter: 1, module: 1 },
            },
            {
                name: "proxied, comes as brotli, 50 KB",
                path: "/br/50.html",
                headers: { "Accept-Encoding": "br" },
                server: proxied,
                variants: { plain: 1, module: 1 },
            },
        ],
    };
}

/** The servers that pages and events are fetched from. */
export function upstream({ pages, port }) {
    return `
    server {
        listen 127.0.0.1:${port};
        root ${pages};
        location / { }
        location /gz/ { rewrite ^/gz/(.*)$ /$1.gz break; types { text/html gz; } add_header Content-Encoding gzip; }
        location /br/ { rewrite ^/br/(.*)$ /$1.br break; types { text/html br; } add_header Content-Encoding br; }
    }`;
}
