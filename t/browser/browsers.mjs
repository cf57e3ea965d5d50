// The browsers that the tests drive: Debian's Chromium, or its Firefox ESR (AEP_BROWSER=firefox). In both of them the
// shop's hosts are at nginx's ports, and nothing is asked of any other machine.

import { chromium, firefox } from "playwright-core";

/** Chromium finds exactly the names that it is told. */
const startChromium = ({ httpPort, httpsPort, hosts, insecureHosts }) => {
    const rules = [
        ...insecureHosts.map((host) => `MAP ${host} 127.0.0.1:${httpPort}`),
        ...hosts.map((host) => `MAP ${host} 127.0.0.1:${httpsPort}`),
        "MAP * ~NOTFOUND",
    ];
    return chromium.launch({
        executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
        // Visitors who go back find the page as they left it.
        ignoreDefaultArgs: ["--disable-back-forward-cache"],
        args: [
            "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
            "--disable-background-networking", "--disable-component-update", "--ignore-certificate-errors",
            "--disable-features=HttpsUpgrades", `--host-resolver-rules=${rules.join(", ")}`,
        ],
    });
};

/**
 * In Firefox every name is nginx's, whoever asks for it: what Firefox itself wants of its maker's hosts stays here.
 * It is driven by the WebDriver BiDi that it serves; Playwright's usual way needs a Firefox that was made for it.
 */
const startFirefox = ({ httpPort, httpsPort }) => firefox.launch({
    channel: "moz-firefox",
    executablePath: process.env.FIREFOX ?? "/usr/bin/firefox-esr",
    firefoxUserPrefs: {
        "network.dns.forceResolve": "127.0.0.1",
        "network.socket.forcePort": `80=${httpPort};443=${httpsPort};8443=${httpsPort}`,
    },
});

const browsers = { chromium: startChromium, firefox: startFirefox };

/** Which of them the tests drive. */
export const browserName = process.env.AEP_BROWSER ?? "chromium";

/** What it writes into a page's console of its own accord, as patterns. */
export const remarks = {
    chromium: {
        failedRequest: (status) => [new RegExp(`error: Failed to load resource.* ${status}`)],
        guessedCharset: [],
        openSandbox: [/warning: .* can escape its sandboxing/],
    },
    firefox: {
        failedRequest: () => [],
        guessedCharset: [/The character encoding of the document was not declared/],
        openSandbox: [],
    },
}[browserName];

/** Starts it, for an nginx with these ports and host names. */
export const startBrowser = (nginx) => browsers[browserName](nginx);
