// Load from wrk on processor 1, and what it makes of it.

import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));

export function median(values) {
    const sorted = [...values].sort((a, b) => a - b);
    const middle = Math.floor(sorted.length / 2);
    return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** A wrk script is one file: the parts that are wanted, together. */
function scriptOf(directory, parts) {
    const file = join(directory, "script.lua");
    writeFileSync(file, parts.map((name) => readFileSync(join(here, name), "utf8")).join("\n"));
    return file;
}

/**
 * Sends requests for some seconds. `script`: a file beside this one, with its `arguments`.
 * Answers with the number of requests, the seconds it took, and latencies in ms; throws when a request failed,
 * unless `mayFail`.
 */
export async function load({ url, seconds, connections = 32, headers = {}, script, arguments: extra = [], mayFail }) {
    const directory = mkdtempSync(join(tmpdir(), "aep-load-"));
    try {
        const file = scriptOf(directory, [...(script ? [script] : []), "report.lua"]);
        const named = Object.entries(headers).flatMap(([name, value]) => ["-H", `${name}: ${value}`]);
        const output = await run(
            "taskset",
            ["-c", "1", "wrk", "-t1", `-c${connections}`, `-d${seconds}s`, ...named, "-s", file, url, "--"].concat(
                extra.map(String),
            ),
        );
        const numbers = [...output.matchAll(/(\w+)=(\d+)/g)].map(([, name, value]) => [name, Number(value)]);
        const found = Object.fromEntries(numbers);
        if (!found.requests || (found.failed && !mayFail)) {
            throw new Error(`${url}:\n${output}`);
        }
        return {
            requests: found.requests,
            failed: found.failed,
            seconds: found.microseconds / 1e6,
            p50: found.p50 / 1e3,
            p99: found.p99 / 1e3,
        };
    } finally {
        rmSync(directory, { recursive: true, force: true });
    }
}

function run(program, args) {
    return new Promise((resolve, reject) => {
        const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
        let output = "";
        for (const stream of [child.stdout, child.stderr]) {
            stream.on("data", (data) => {
                output += data;
            });
        }
        child.once("error", reject);
        child.once("close", (code) => (code === 0 ? resolve(output) : reject(new Error(`${program}: ${output}`))));
    });
}
