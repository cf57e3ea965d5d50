// What the demo runs: the Edge stand-in, the shop's commerce backend and nginx with the module, on the loopback address
// only.

import { execFileSync, spawn } from "node:child_process";
import { createHash, randomBytes, X509Certificate } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import { tmpdir, userInfo } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { freePort, isFree } from "../tools/free_port.mjs";
import { Backend } from "./backend.mjs";
import { websites } from "./websites.mjs";

const root = path.resolve(fileURLToPath(new URL("../..", import.meta.url)));
const address = "127.0.0.1";
const startLimit = 60000;
const stopLimit = 5000;

/** An error whose message is all that a person needs. */
export class DemoError extends Error {}

/** Port 443, or another one where that cannot be had. */
export async function choosePort({ wants443 }) {
    return wants443 && (await isFree(443)) ? 443 : freePort();
}

function makeCertificate(directory) {
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
        const template = readFileSync(path.join(root, "conf.d", source), "utf8");
        const text = template.replace(/@([A-Z_]+)@/g, (all, name) => values[name] ?? all);
        writeFileSync(path.join(directory, target), text);
    }
}

function nginxProgram() {
    const search = [...(process.env.PATH ?? "").split(":"), "/usr/local/sbin", "/usr/sbin"];
    const found = search.map((directory) => path.join(directory, "nginx")).find(existsSync);
    if (!found) {
        throw new DemoError("There is no nginx on this machine: run 'make deps'.");
    }
    return found;
}

/** The programs that run for the demo, and the directory with their files. */
export class Services {
    #directory = mkdtempSync(path.join(tmpdir(), "ngx_aep-demo-"));
    #children = [];
    #backend;
    #isRunning = false;

    /** Called with a program's name when it ends before it is told to. */
    onLoss = () => {};

    /** Starts everything; `port` is nginx's. */
    async start({ port }) {
        const module = path.join(root, "build/ngx_http_aep_module.so");
        if (!existsSync(module)) {
            throw new DemoError("The module is not built: run 'make'.");
        }
        makeCertificate(this.#directory);
        this.edgePort = await this.#startStandIn();
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
        await this.#startNginx(port);
        this.#isRunning = true;
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

    async #startStandIn() {
        const datastreams = websites.map(({ datastream }) => datastream).join(",");
        const program = path.join(root, "t/edge/server.mjs");
        const child = this.#run("The Edge stand-in", process.execPath, [
            program,
            "--http",
            "0",
            "--datastreams",
            datastreams,
        ]);
        const [line] = await Promise.race([once(child.stdout, "data"), this.#lost(child)]);
        return JSON.parse(line).http;
    }

    async #startNginx(port) {
        const child = this.#run("nginx", nginxProgram(), [
            "-p",
            this.#directory,
            "-c",
            "nginx.conf",
            "-e",
            path.join(this.#directory, "error.log"),
        ]);
        const lost = this.#lost(child);
        lost.catch(() => undefined);
        for (const latest = Date.now() + startLimit; Date.now() < latest;) {
            if (await Promise.race([connects(port), lost])) {
                return;
            }
            await sleep(50);
        }
        throw new DemoError("nginx does not answer.");
    }

    #run(name, program, parameters) {
        // In a session of its own: a Ctrl-C in the terminal is for the demo, which then ends its programs.
        const child = spawn(program, parameters, { stdio: ["ignore", "pipe", "pipe"], detached: true });
        child.stderr.setEncoding("utf8").on("data", (text) => {
            child.lastWords = (child.lastWords ?? "") + text;
        });
        child.once("exit", () => {
            if (this.#isRunning) {
                this.onLoss(`${name} has ended.`);
            }
        });
        child.title = name;
        this.#children.push(child);
        return child;
    }

    /** Rejects when a child ends, with what it said. */
    async #lost(child) {
        const [code] = await once(child, "exit");
        throw new DemoError(`${child.title} could not start (exit code ${code}).\n${child.lastWords ?? ""}`);
    }

    /** Ends what was started, by process id, and removes its files. */
    async stop() {
        this.#isRunning = false;
        this.#backend?.stop();
        await Promise.all(this.#children.map(end));
        rmSync(this.#directory, { recursive: true, force: true });
    }
}

async function connects(port) {
    const socket = net.connect(port, address);
    try {
        await once(socket, "connect");
        return true;
    } catch {
        return false;
    } finally {
        socket.destroy();
    }
}

async function end(child) {
    if (child.exitCode !== null || child.signalCode !== null) {
        return;
    }
    const exited = once(child, "exit");
    child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), stopLimit);
    await exited;
    clearTimeout(timer);
}
