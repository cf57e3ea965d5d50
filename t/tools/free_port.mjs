// Ports of 127.0.0.1: one that nothing listens at, and whether something does.

import { once } from "node:events";
import net from "node:net";

const FIRST = 12000; // below those that the system gives to outgoing connections, which could take it meanwhile
const COUNT = 20000;

export async function isFree(port) {
    const server = net.createServer().listen(port, "127.0.0.1");
    try {
        await once(server, "listening");
    } catch {
        return false;
    }
    server.close();
    await once(server, "close");
    return true;
}

/** Whether somebody takes connections. */
export async function accepts(port) {
    const socket = net.connect(port, "127.0.0.1");
    try {
        await once(socket, "connect");
        return true;
    } catch {
        return false;
    } finally {
        socket.destroy();
    }
}

export async function freePort() {
    for (let tries = 0; tries < 100; tries += 1) {
        const port = FIRST + Math.floor(Math.random() * COUNT);
        if (await isFree(port)) {
            return port;
        }
    }
    throw new Error(`no free port was found between ${FIRST} and ${FIRST + COUNT}`);
}
