// Answers that wait until somebody says so, for what a test does in the middle of a request.

export class Gate {
    #waiting = [];

    /** Resolves at the next opening. */
    wait() {
        return new Promise((resolve) => {
            this.#waiting.push(resolve);
        });
    }

    /** Lets through what waits now; returns how many. */
    open() {
        const waiting = this.#waiting.splice(0);
        waiting.forEach((resolve) => resolve());
        return waiting.length;
    }
}
