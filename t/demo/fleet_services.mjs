// What the demo of a fleet runs: three brokers, three nodes of nginx with one address, the Edge stand-in and visitors,
// on the loopback address only.

import { execFile, execFileSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

import { freePort } from "../tools/free_port.mjs";
import { DemoError, Programs, address, fillIn, root } from "./programs.mjs";
import { makeCertificate } from "./services.mjs";
import { websites } from "./websites.mjs";

const size = 3; // nodes of the broker, and of nginx
const reachLimit = 30000;
const program = path.join(root, "t/tools/rabbitmq.sh");
const needed = {
    "build/ngx_http_aep_module.so": "make",
    "build/ngx_http_aep_amqp_module.so": "make amqp",
    "build/deps/rabbitmq/usr": "make build/deps/rabbitmq",
};
const visitorsDatastream = "e17d3c58-90ab-4f42-8c6e-3b5a7d9f1e04";

/** The cluster of RabbitMQ's nodes, whose numbers begin with 1. */
class Brokers {
    #variables;
    #isStarted = false;

    constructor(directory) {
        // Below the ports that the system gives away by itself, where the script wants 14 in a row.
        const port = 20000 + 20 * Math.floor(500 * Math.random());
        this.#variables = { RABBITMQ_DIR: directory, RABBITMQ_PORT: String(port) };
    }

    async start(programs) {
        this.#isStarted = true;
        const child = programs.run("RabbitMQ", program, ["start", String(size)], this.#variables);
        const [code] = await once(child, "exit");
        if (code !== 0) {
            throw new DemoError(`RabbitMQ could not start.\n${child.lastWords ?? ""}`);
        }
        const [, ports] = /^RABBITMQ_PORTS='([\d ]+)'$/m.exec(this.#run("environment"));
        this.addresses = ports.split(" ").map((port) => `${address}:${port}`);
    }

    /** Ends one as a machine that loses its power. */
    kill(number) {
        this.#run("kill", String(number));
    }

    /** How many messages wait, or are on their way to Edge, as the broker with that number counts them. */
    async waiting(number) {
        const parameters = ["ctl", String(number), "-q", "list_queues", "name", "messages"];
        const { stdout } = await promisify(execFile)(program, parameters, { env: this.#environment });
        const counts = [...stdout.matchAll(/^aep\.(?:lane|hold|consent)\.\S+\t(\d+)$/gm)];
        return counts.reduce((sum, [, count]) => sum + Number(count), 0);
    }

    stop() {
        if (this.#isStarted) {
            this.#run("stop");
        }
    }

    get #environment() {
        return { ...process.env, ...this.#variables };
    }

    #run(...parameters) {
        return execFileSync(program, parameters, { env: this.#environment, encoding: "utf8" });
    }
}

/** The processes of an nginx that runs in the foreground: its master process and all workers. */
function processesOf(master) {
    const children = readFileSync(`/proc/${master}/task/${master}/children`, "utf8");
    return [master, ...children.split(" ").filter(Boolean).map(Number)];
}

/** A node of nginx in a directory of its own. */
class NginxNode {
    #directory;
    #child;

    constructor(number, directory) {
        this.number = number;
        this.#directory = directory;
        mkdirSync(directory);
    }

    async start(programs, values) {
        this.statusPort = await freePort();
        fillIn("demo_fleet.conf", path.join(this.#directory, "nginx.conf"), {
            ...values,
            ROOT: root,
            DIRECTORY: this.#directory,
            STATUS_PORT: this.statusPort,
            // The default worker user may not read a clone in root's home directory.
            USER: userInfo().uid === 0 ? "user root;" : "",
        });
        this.#child = await programs.runNginx(`nginx ${this.number}`, this.#directory, this.statusPort);
        for (const latest = Date.now() + reachLimit; this.brokers.length === 0; await sleep(100)) {
            if (Date.now() > latest) {
                throw new DemoError(`nginx ${this.number} reaches no broker:\n${this.log}`);
            }
        }
    }

    get statusUrl() {
        return `http://${address}:${this.statusPort}/aep-status`;
    }

    get log() {
        return readFileSync(path.join(this.#directory, "error.log"), "utf8");
    }

    /** The brokers that its workers have reached. */
    get brokers() {
        return [...this.log.matchAll(/the broker (\S+) .* is reached/g)].map(([, broker]) => broker);
    }

    /** Kills all of its processes, and brings its spool to where nobody delivers it. */
    async lose(target) {
        const exited = once(this.#child, "exit");
        this.#child.mayEnd = true;
        this.#child.kill("SIGSTOP"); // it shall not start another worker meanwhile
        for (const pid of processesOf(this.#child.pid).reverse()) {
            process.kill(pid, "SIGKILL");
        }
        await exited;
        renameSync(path.join(this.#directory, "spool"), target);
    }
}

/** The programs of the demo, and the directory with their files. */
export class Fleet extends Programs {
    #directory = mkdtempSync(path.join(tmpdir(), "ngx_aep-fleet-"));
    #visitors;
    brokers = new Brokers(path.join(this.#directory, "brokers"));
    nodes = [];

    /** What visitors.mjs has noted, what the Edge stand-in has, and the spool of the node that was lost. */
    files = {
        sent: path.join(this.#directory, "sent.journal"),
        received: path.join(this.#directory, "received.journal"),
        lostSpool: path.join(this.#directory, "lost-spool"),
    };

    /** Starts all but the visitors. */
    async start() {
        for (const [file, command] of Object.entries(needed)) {
            if (!existsSync(path.join(root, file))) {
                throw new DemoError(`There is no ${file}: run '${command}', or 'make demo-fleet', which does.`);
            }
        }
        makeCertificate(this.#directory);
        await this.brokers.start(this);
        const datastreams = [...websites.map(({ datastream }) => datastream), visitorsDatastream].join(",");
        this.edgePort = await this.runStandIn("--datastreams", datastreams, "--journal", this.files.received);
        this.port = await freePort();
        this.visitorsPort = await freePort();
        const credentials = path.join(this.#directory, "credentials");
        writeFileSync(credentials, "guest\nguest\n", { mode: 0o600 });
        const values = {
            PORT: this.port,
            VISITORS_PORT: this.visitorsPort,
            EDGE_PORT: this.edgePort,
            BROKERS: this.brokers.addresses.join(","),
            CREDENTIALS: credentials,
            CERTIFICATES: this.#directory,
        };
        for (let number = 1; number <= size; number += 1) {
            const node = new NginxNode(number, path.join(this.#directory, `nginx-${number}`));
            this.nodes.push(node);
            await node.start(this, values);
        }
        this.isRunning = true;
    }

    get edgeUrl() {
        return `http://${address}:${this.edgePort}/_stand-in/`;
    }

    startVisitors(rate) {
        this.#visitors = this.run("The visitors", process.execPath, [
            path.join(root, "t/tools/visitors.mjs"),
            "--port",
            String(this.visitorsPort),
            "--journal",
            this.files.sent,
            "--rate",
            String(rate),
            "--repeats",
            "0",
        ]);
    }

    /** No new visits; resolves when the visitors have all answers. */
    async endVisitors() {
        this.#visitors.mayEnd = true;
        const exited = once(this.#visitors, "exit");
        this.#visitors.kill("SIGTERM");
        await exited;
    }

    /** How the Edge answers from now on: `{status: 503}`, say, or as usual. */
    async answerAtEdge(mode) {
        await fetch(new URL("mode", this.edgeUrl), {
            method: mode ? "PUT" : "DELETE",
            body: mode && JSON.stringify(mode),
        });
    }

    /** Ends what was started, by process id, and removes its files. */
    async stop() {
        await super.stop();
        this.brokers.stop();
        rmSync(this.#directory, { recursive: true, force: true });
    }
}
