// What the demo runs: the Edge stand-in, the shop's commerce backend and nginx with the module, on the loopback address
// only.

import { execFileSync } from "node:child_process";
import { createHash, randomBytes, X509Certificate } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import path from "node:path";

import { freePort, isFree } from "../tools/free_port.mjs";
import { Backend } from "./backend.mjs";
import { DemoError, Programs, address, fillIn, root } from "./programs.mjs";
import { websites } from "./websites.mjs";

/** Port 443, or another one where that cannot be had. */
export async function choosePort({ wants443 }) {
    return wants443 && (await isFree(443)) ? 443 : freePort();
}

/** A certificate for all websites, certificate.pem and key.pem. */
export function makeCertificate(directory) {
    const names = websites.map(({ host }) => `DNS:${host}`).join(",");
    execFileSync(
        "openssl",
        [
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-days",
            "30",
            "-subj",
            "/CN=ngx_aep demo",
            "-addext",
            `subjectAltName=${names}`,
            "-keyout",
            path.join(directory, "key.pem"),
            "-out",
            path.join(directory, "certificate.pem"),
        ],
        { stdio: ["ignore", "ignore", "pipe"] },
    );
}

/** What Chromium wants to hear of a certificate that it shall trust: the hash of its public key. */
function publicKeyHash(directory) {
    const { publicKey } = new X509Certificate(readFileSync(path.join(directory, "certificate.pem")));
    return createHash("sha256")
        .update(publicKey.export({ type: "spki", format: "der" }))
        .digest("base64");
}

/** A token in a file for its owner alone. */
function makeToken(file) {
    const token = randomBytes(32).toString("hex");
    writeFileSync(file, `${token}\n`, { mode: 0o600 });
    return token;
}

function writeConfiguration(directory, { port, statusPort, edgePort, backendPort }) {
    const isRoot = userInfo().uid === 0;
    const values = {
        ROOT: root,
        DIRECTORY: directory,
        PORT: port,
        STATUS_PORT: statusPort,
        EDGE_PORT: edgePort,
        BACKEND_PORT: backendPort,
        // The default worker user may not read a clone in root's home directory.
        USER: isRoot ? "user root;" : "",
    };
    const files = { "demo.conf": "nginx.conf", "demo_back_office.inc": "back_office.inc" };
    for (const [source, target] of Object.entries(files)) {
        fillIn(source, path.join(directory, target), values);
    }
}

/** The programs that run for the demo, and the directory with their files. */
export class Services extends Programs {
    #directory = mkdtempSync(path.join(tmpdir(), "ngx_aep-demo-"));
    #backend;

    /** Starts everything; `port` is nginx's. */
    async start({ port }) {
        const module = path.join(root, "build/ngx_http_aep_module.so");
        if (!existsSync(module)) {
            throw new DemoError("The module is not built: run 'make'.");
        }
        makeCertificate(this.#directory);
        const datastreams = websites.map(({ datastream }) => datastream).join(",");
        this.edgePort = await this.runStandIn("--datastreams", datastreams);
        this.port = port;
        this.publicKeyHash = publicKeyHash(this.#directory);
        this.#backend = new Backend(websites, {
            port,
            certificate: readFileSync(path.join(this.#directory, "certificate.pem")),
            path: "/aep/back-office",
            token: makeToken(path.join(this.#directory, "back_office.token")),
        });
        const backendPort = await this.#backend.start();
        this.statusToken = makeToken(this.statusTokenFile);
        this.statusPort = await freePort();
        const { edgePort, statusPort } = this;
        writeConfiguration(this.#directory, { port, statusPort, edgePort, backendPort });
        await this.runNginx("nginx", this.#directory, port);
        this.isRunning = true;
    }

    get edgeUrl() {
        return `http://${address}:${this.edgePort}/_stand-in/`;
    }

    get statusUrl() {
        return `http://${address}:${this.statusPort}/aep-status`;
    }

    get statusTokenFile() {
        return path.join(this.#directory, "status.token");
    }

    /** What nginx has to say: lines of its error log. */
    errorLog(pattern = /./) {
        const file = path.join(this.#directory, "error.log");
        const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n") : [];
        return lines.filter((line) => line && pattern.test(line));
    }

    /** Ends what was started, by process id, and removes its files. */
    async stop() {
        this.#backend?.stop();
        await super.stop();
        rmSync(this.#directory, { recursive: true, force: true });
    }
}
