// The head finder, as a program that is asked about many documents at once.

import { spawn } from "node:child_process";
import { once } from "node:events";

/**
 * Asks about documents {bytes, charset, place} and returns what the finder says of each: {verdict, position}.
 * Documents are strings in which each character is one byte.
 */
export async function findPlaces(program, documents) {
    const child = spawn(program, { stdio: ["pipe", "pipe", "inherit"] });
    const exited = once(child, "exit");
    let output = "";
    child.stdout.setEncoding("latin1").on("data", (text) => (output += text));
    const drained = once(child.stdout, "end");
    for (const { bytes, charset, place } of documents) {
        if (!child.stdin.write(`${charset} ${place} ${bytes.length}\n${bytes}`, "latin1")) {
            await once(child.stdin, "drain");
        }
    }
    child.stdin.end();
    await drained;
    const [code] = await exited;
    const lines = output.split("\n").slice(0, -1);
    if (code !== 0 || lines.length !== documents.length) {
        throw new Error(`${program} answered ${lines.length} of ${documents.length} documents and ended with ${code}`);
    }
    return lines.map((line) => {
        const [, verdict, position] = /^(.*) (\d+)$/.exec(line);
        return { verdict, position: Number(position) };
    });
}
