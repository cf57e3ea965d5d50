// What the demos start, on the loopback address only, and how it ends: by its process id.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { accepts } from "../tools/free_port.mjs";

export const root = path.resolve(fileURLToPath(new URL("../..", import.meta.url)));
export const address = "127.0.0.1";
const startLimit = 60000;
const stopLimit = 5000;

/** An error whose message is all that a person needs. */
export class DemoError extends Error {}

export function nginxProgram() {
    const search = [...(process.env.PATH ?? "").split(":"), "/usr/local/sbin", "/usr/sbin"];
    const found = search.map((directory) => path.join(directory, "nginx")).find(existsSync);
    if (!found) {
        throw new DemoError("There is no nginx on this machine: run 'make deps'.");
    }
    return found;
}

/** Writes a file of conf.d elsewhere, with values in place of the names that stand between @ signs. */
export function fillIn(source, target, values) {
    const template = readFileSync(path.join(root, "conf.d", source), "utf8");
    writeFileSync(target, template.replace(/@([A-Z_]+)@/g, (all, name) => values[name] ?? all));
}

/** Programs that run for a demo. */
export class Programs {
    #children = [];

    /** Whether none of them may end before it is told to. */
    isRunning = false;

    /** Called with a sentence when one has ended all the same. */
    onLoss = () => {};

    /** Starts a program, which `title` names in messages; more variables of its environment may be given. */
    run(title, program, parameters, variables = {}) {
        // In a session of its own: a Ctrl-C in the terminal is for the demo, which then ends its programs.
        const child = spawn(program, parameters, {
            stdio: ["ignore", "pipe", "pipe"],
            detached: true,
            env: { ...process.env, ...variables },
        });
        child.stderr.setEncoding("utf8").on("data", (text) => {
            child.lastWords = (child.lastWords ?? "") + text;
        });
        child.once("exit", () => {
            if (this.isRunning && !child.mayEnd) {
                this.onLoss(`${title} has ended.`);
            }
        });
        child.title = title;
        this.#children.push(child);
        return child;
    }

    /** Starts the Edge stand-in; resolves to its port. */
    async runStandIn(...parameters) {
        const program = path.join(root, "t/edge/server.mjs");
        const child = this.run("The Edge stand-in", process.execPath, [program, "--http", "0", ...parameters]);
        const [line] = await Promise.race([once(child.stdout, "data"), lost(child)]);
        return JSON.parse(line).http;
    }

    /** Starts nginx with the nginx.conf of a directory; resolves to its process when it listens on a port. */
    async runNginx(title, directory, port) {
        const log = path.join(directory, "error.log");
        const child = this.run(title, nginxProgram(), ["-p", directory, "-c", "nginx.conf", "-e", log]);
        const isLost = lost(child);
        isLost.catch(() => undefined);
        for (const latest = Date.now() + startLimit; Date.now() < latest;) {
            if (await Promise.race([accepts(port), isLost])) {
                return child;
            }
            await sleep(50);
        }
        throw new DemoError(`${title} does not answer.`);
    }

    /** Ends all that were started. */
    async stop() {
        this.isRunning = false;
        await Promise.all(this.#children.map(end));
    }
}

/** Rejects when a program ends, with what it said. */
async function lost(child) {
    const [code] = await once(child, "exit");
    throw new DemoError(`${child.title} could not start (exit code ${code}).\n${child.lastWords ?? ""}`);
}

/** Ends a program, gently at first. */
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
