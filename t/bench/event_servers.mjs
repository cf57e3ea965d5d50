// What nginx is told for each of the servers that take events, and for the Edge behind them.

const ORGANIZATION = "0123456789ABCDEF01234567@AdobeOrg";
const DATASTREAM = "ebebf826-a01f-4458-8cec-ef61de241c93";
const COOKIE = "kndctr_0123456789ABCDEF01234567_AdobeOrg";

const ANSWER = JSON.stringify({
    requestId: "$arg_requestId-7d3k9",
    handle: [
        { payload: [{ id: "92245793459561919105940959013648421199", namespace: { code: "ECID" } }], type: "identity:result" },
        {
            payload: ["Target", "AAM", "EdgeNetwork"].map((scope) => ({ scope, hint: "or2", ttlSeconds: 1800 })),
            type: "locationHint:result",
        },
        {
            payload: [
                {
                    key: `${COOKIE}_identity`,
                    value: "CiY5MjI0NTc5MzQ1OTU2MTkxOTEwNTk0MDk1OTAxMzY0ODQyMTE5OVIRCKmG7ZjAMxgBKgNPUjIwA_ABqYbtmMAz",
                    maxAge: 34128000,
                    attrs: { SameSite: "None" },
                },
                { key: `${COOKIE}_cluster`, value: "or2", maxAge: 1800, attrs: { SameSite: "None" } },
            ],
            type: "state:store",
        },
    ],
});

/** Edge: an answer to each event; how many requests it has had is at `statusPort`. */
export function edge({ port, statusPort, certificate, key }) {
    return `
    server {
        listen 127.0.0.1:${port} ssl;
        ssl_certificate ${certificate};
        ssl_certificate_key ${key};
        default_type application/json;
        location / { return 200 '${ANSWER}'; }
        location ~ ^/ee/v1/collect { return 204; }
    }
    server {
        listen 127.0.0.1:${statusPort};
        location / { stub_status; }
    }`;
}

/** Passes events on as they are. */
export function proxy({ port, edgePort }) {
    return `
    upstream edge { server 127.0.0.1:${edgePort}; keepalive 64; }
    server {
        listen 127.0.0.1:${port};
        location /ee/ {
            proxy_pass https://edge;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
        }
    }`;
}

/** The same changes as the gateway's, by a script. */
export function script({ port, edgePort, directory }) {
    return `
    js_path ${directory};
    js_import rewrite.js;
    upstream edge { server 127.0.0.1:${edgePort}; keepalive 64; }
    server {
        listen 127.0.0.1:${port};
        subrequest_output_buffer_size 64k;
        client_body_buffer_size 64k;
        location /ee/ { js_content rewrite.gateway; }
        location /edge/ {
            internal;
            rewrite ^/edge(/.*)$ /ee$1 break;
            proxy_pass https://edge;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Cookie "";
            proxy_set_header X-Forwarded-For $remote_addr;
        }
    }`;
}

/** The gateway; `pages` are beside it, and are left as they are. */
export function gateway({ port, edgePort, certificate, pages }, queue) {
    return `
    aep_organization_id ${ORGANIZATION};
    aep_edge https://localhost:${edgePort} connections=64;
    aep_edge_trusted_certificate ${certificate};
    aep_queue ${queue} max_size=8g;
    server {
        listen 127.0.0.1:${port};
        server_name shop.example;
        root ${pages};
        aep_datastream_id ${DATASTREAM};
        location ^~ /aep/ { aep_sdk; }
        location ^~ /ee/ { aep_gateway; client_body_buffer_size 64k; }
    }`;
}

