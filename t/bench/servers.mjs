// The nginx processes that are compared: each has one worker, on a processor of its own, and a port for each
// scenario.

import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

/** A certificate for shop.example and localhost. */
export function makeCertificate(directory) {
    const files = { certificate: join(directory, "certificate.pem"), key: join(directory, "key.pem") };
    execFileSync(
        "openssl",
        ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1"].concat(
            ["-subj", "/CN=shop.example", "-addext", "subjectAltName=DNS:shop.example,DNS:localhost"],
            ["-keyout", files.key, "-out", files.certificate],
        ),
        { stdio: "ignore" },
    );
    return files;
}

/** An nginx with one worker. `load`: modules; `http`: what the http block holds; `core`: the worker's
 * processor; `connections`: how many it can have. */
export class Nginx {
    constructor({ name, directory, program, load, http, core, connections = 1024 }) {
        this.name = name;
        this.prefix = join(directory, name);
        this.program = program;
        mkdirSync(join(this.prefix, "logs"), { recursive: true });
        this.file = join(this.prefix, "nginx.conf");
        const modules = load.map((path) => `load_module ${path};`).join("\n");
        const mask = core === 0 ? "01" : "10";
        writeFileSync(
            this.file,
            `${modules}
worker_processes 1;
worker_cpu_affinity ${mask};
pid ${this.prefix}/nginx.pid;
error_log ${this.prefix}/logs/error.log;
events { worker_connections ${connections}; }
http {
    default_type application/octet-stream;
    types { text/html html; }
    access_log off;
    keepalive_requests 1000000000;
    client_body_temp_path ${this.prefix}/body;
    proxy_temp_path ${this.prefix}/proxy;
    fastcgi_temp_path ${this.prefix}/fastcgi;
    scgi_temp_path ${this.prefix}/scgi;
    uwsgi_temp_path ${this.prefix}/uwsgi;
${http}
}
`,
        );
    }

    async start() {
        this.process = spawn(this.program, ["-p", this.prefix, "-c", this.file, "-g", "daemon off;"], {
            stdio: ["ignore", "ignore", "pipe"],
        });
        let message = "";
        this.process.stderr.on("data", (data) => {
            message += data;
        });
        for (let attempt = 0; attempt < 100; attempt += 1) {
            if (this.process.exitCode !== null) {
                throw new Error(`${this.name} did not start:\n${message}`);
            }
            const worker = this.findWorker();
            if (worker) {
                this.worker = worker;
                return;
            }
            await pause(50);
        }
        throw new Error(`${this.name} has no worker process after 5 s`);
    }

    findWorker() {
        try {
            const path = `/proc/${this.process.pid}/task/${this.process.pid}/children`;
            return readFileSync(path, "utf8").trim().split(" ").filter(Boolean)[0];
        } catch {
            return undefined;
        }
    }

    /** Seconds of processor time that each of the worker's threads has used, by name. */
    threads() {
        const tasks = `/proc/${this.worker}/task`;
        const used = {};
        for (const task of readdirSync(tasks)) {
            const name = readFileSync(`${tasks}/${task}/comm`, "utf8").trim();
            const [nanoseconds] = readFileSync(`${tasks}/${task}/schedstat`, "utf8").split(" ");
            used[name] = (used[name] ?? 0) + Number(nanoseconds) / 1e9;
        }
        return used;
    }

    /** Seconds of processor time that the worker has used, its threads included. */
    cpu() {
        return Object.values(this.threads()).reduce((sum, seconds) => sum + seconds, 0);
    }

    /** The most memory that the worker ever had, in KB. */
    peakMemory() {
        return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${this.worker}/status`, "utf8"))[1]);
    }

    async stop() {
        if (this.process && this.process.exitCode === null) {
            const ended = new Promise((resolve) => this.process.once("exit", resolve));
            this.process.kill("SIGTERM");
            await ended;
        }
    }
}
