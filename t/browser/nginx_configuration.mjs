// The nginx.conf of the browser tests: one server block a website, each with a datastream of its own.

import { userInfo } from "node:os";

export const organization = "0123456789ABCDEF01234567@AdobeOrg";
export const edgeHost = "edge.adobedc.net";

const server = ({ hosts, datastream, directives, locations }, { root, httpPort, httpsPort }) => `
    server {
        listen       127.0.0.1:${httpPort};
        listen       127.0.0.1:${httpsPort} ssl;
        server_name  ${hosts.join(" ")};

        aep_datastream_id  ${datastream};
        ${locations ?? `include ${root}/conf.d/aep_website.inc;`}
        ${directives.join("\n        ")}
    }
`;

/** The text of nginx.conf for `websites`: `[{hosts, datastream, directives, locations, http}]`. */
export const nginxConfiguration = (settings) => `
load_module ${settings.root}/build/ngx_http_aep_module.so;

daemon            off;
worker_processes  1;
pid               nginx.pid;
error_log         error.log info;
${userInfo().uid === 0 ? "user root;" : ""}

events {
    worker_connections  512;
}

http {
    aep_organization_id  ${organization};
    # On a slow machine, too, the Edge is to answer, and not the module for it.
    aep_edge             http://127.0.0.1:${settings.edgePort} connect_timeout=10s answer_timeout=10s;

    types {
        text/html        html;
        text/javascript  js;
    }

    ${settings.websites.flatMap(({ http = [] }) => http).join("\n    ")}

    log_format  requests  escape=json '{"host": "$host", "path": "$uri", "method": "$request_method",'
                                      ' "status": $status, "origin": "$http_origin", "site": "$http_sec_fetch_site"}';
    access_log  access.log  requests;

    root                   htdocs;
    client_body_temp_path  client_body;
    proxy_temp_path        proxy;
    fastcgi_temp_path      fastcgi;
    uwsgi_temp_path        uwsgi;
    scgi_temp_path         scgi;

    ssl_certificate      certificate.pem;
    ssl_certificate_key  key.pem;
${settings.websites.map((website) => server(website, settings)).join("")}
    # The Edge Network itself, for pages that talk to it directly.
    server {
        listen       127.0.0.1:${settings.httpsPort} ssl;
        server_name  ${edgeHost};

        location / {
            proxy_pass        http://127.0.0.1:${settings.edgePort};
            proxy_set_header  Host $host;
        }
    }
}
`;
