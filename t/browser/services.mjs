// What the browser talks to: nginx with the module, and behind it the Edge stand-in. All on the loopback interface,
// on ports of their own; the browser's host mapping makes them the shop's hosts on port 443.

import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { accepts, freePort } from "../tools/free_port.mjs";
import { nginxConfiguration } from "./nginx_configuration.mjs";

export const root = path.resolve(fileURLToPath(new URL("../..", import.meta.url)));

const startLimit = 60000;
const stopLimit = 5000;

// Scripts that pages of the tests load, as a shop would: from its own host.
const scripts = {
    "alloy.js": "src/sdk/browser/node_modules/@adobe/alloy/dist/alloy.min.js",
    "storefront-events-sdk.js": "src/sdk/browser/node_modules/@adobe/magento-storefront-events-sdk/dist/index.js",
    "storefront-event-collector.js":
        "src/sdk/browser/node_modules/@adobe/magento-storefront-event-collector/dist/index.js",
    "require.js": "t/browser/node_modules/requirejs/require.js",
    // From Debian's package libjs-prototype; PROTOTYPE_JS names another file, such as that of Magento 1.
    "prototype.js": process.env.PROTOTYPE_JS ?? "/usr/share/javascript/prototype/prototype.js",
    "data-layer-helper.js": "t/browser/node_modules/data-layer-helper/dist/data-layer-helper.js",
    "ngsw-worker.js": "t/browser/node_modules/@angular/service-worker/ngsw-worker.js",
    "merchant.js": "t/browser/merchant.js",
    "all_events.js": "t/browser/all_events.js",
};

function nginxProgram() {
    const directories = [...process.env.PATH.split(":"), "/usr/local/sbin", "/usr/sbin"];
    const found = directories.map((directory) => path.join(directory, "nginx")).find(existsSync);
    if (!found) {
        throw new Error("There is no nginx on this machine: run 'make deps'.");
    }
    return found;
}

function makeCertificate(directory) {
    execFileSync("openssl", [
        "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
        "-subj", "/CN=ngx_aep browser tests",
        "-keyout", path.join(directory, "key.pem"), "-out", path.join(directory, "certificate.pem"),
    ], { stdio: ["ignore", "ignore", "pipe"] });
}

/** A running nginx and Edge stand-in, with a directory of their own that ends with them. */
export class Services {
    #directory = mkdtempSync(path.join(tmpdir(), "ngx_aep-browser-"));
    #children = [];
    #pages = 0;

    constructor() {
        // Nothing may stay behind, not even when the tests are interrupted.
        process.once("exit", () => this.#abandon());
        for (const signal of ["SIGINT", "SIGTERM"]) {
            process.once(signal, () => process.exit(1));
        }
    }

    async start(websites) {
        const htdocs = path.join(this.#directory, "htdocs");
        mkdirSync(path.join(htdocs, "js"), { recursive: true });
        writeFileSync(path.join(htdocs, "favicon.ico"), "");
        // A file to hold back, and the page with it.
        writeFileSync(path.join(htdocs, "js", "pause.js"), "");
        for (const [name, source] of Object.entries(scripts)) {
            cpSync(path.resolve(root, source), path.join(htdocs, "js", name));
        }
        makeCertificate(this.#directory);
        this.edgePort = await this.#startStandIn(websites);
        this.httpsPort = await freePort();
        this.httpPort = await freePort();
        await this.#startNginx(websites);
    }

    /** Puts a page into every website. Returns its path. */
    addPage(html) {
        this.#pages += 1;
        return this.addFile(`page-${this.#pages}.html`, html);
    }

    /** The same for a file of any name. */
    addFile(name, content) {
        writeFileSync(path.join(this.#directory, "htdocs", name), content);
        return `/${name}`;
    }

    errorLog() {
        return readFileSync(path.join(this.#directory, "error.log"), "utf8");
    }

    /** What nginx was asked: `[{host, path, method, status, origin, site}]`, with "" where a header was not sent. */
    accessLog() {
        const lines = readFileSync(path.join(this.#directory, "access.log"), "utf8").split("\n");
        return lines.slice(0, -1).map((line) => JSON.parse(line));
    }

    async stop() {
        await Promise.all(this.#children.map(async (child) => {
            if (child.exitCode !== null || child.signalCode !== null) {
                return;
            }
            const ended = once(child, "exit");
            child.kill("SIGTERM");
            const timer = setTimeout(() => child.kill("SIGKILL"), stopLimit);
            await ended;
            clearTimeout(timer);
        }));
        rmSync(this.#directory, { recursive: true, force: true });
    }

    #abandon() {
        this.#children.forEach((child) => child.kill("SIGTERM"));
        rmSync(this.#directory, { recursive: true, force: true });
    }

    async #startStandIn(websites) {
        const datastreams = websites.flatMap(({ datastream, merchantDatastream }) => [datastream, merchantDatastream]);
        const program = path.join(root, "t/edge/server.mjs");
        const child = this.#run(process.execPath, [program, "--http", "0", "--datastreams", datastreams.join()]);
        const [line] = await Promise.race([once(child.stdout, "data"), this.#lost(child, "The Edge stand-in")]);
        return JSON.parse(line).http;
    }

    async #startNginx(websites) {
        const { httpPort, httpsPort, edgePort } = this;
        const configuration = nginxConfiguration({
            root, directory: this.#directory, httpPort, httpsPort, edgePort, websites,
        });
        writeFileSync(path.join(this.#directory, "nginx.conf"), configuration);
        const child = this.#run(nginxProgram(), ["-p", this.#directory, "-c", "nginx.conf", "-e", "error.log"]);
        const lost = this.#lost(child, "nginx");
        for (const end = Date.now() + startLimit; Date.now() < end;) {
            if (await Promise.race([accepts(httpsPort), lost])) {
                return;
            }
            await sleep(50);
        }
        throw new Error("nginx does not answer.");
    }

    #run(program, parameters) {
        const child = spawn(program, parameters, { stdio: ["ignore", "pipe", "pipe"] });
        child.lastWords = "";
        child.stderr.setEncoding("utf8").on("data", (text) => {
            child.lastWords += text;
        });
        this.#children.push(child);
        return child;
    }

    /** Rejects when a program ends that should run. */
    #lost(child, name) {
        const lost = once(child, "exit").then(() => {
            throw new Error(`${name} has ended: ${child.lastWords || this.errorLog()}`);
        });
        lost.catch(() => undefined);
        return lost;
    }
}
