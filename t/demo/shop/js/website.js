// Loaded first on each page: which of the shop's websites this is, and, on the websites that had one before
// nginx got the module, the merchant's own Web SDK.

(() => {
    const websites = {
        north: { name: "North", tagline: "Plain things for cold mornings.", code: "north" },
        south: { name: "South", tagline: "Light things for long evenings.", code: "south" },
        west: {
            name: "West",
            tagline: "Sturdy things for windy days.",
            code: "west",
            webSdk: { name: "shopAlloy", datastreamId: "c2f1a7d4-3b0e-4f68-9d57-8a1be0c4f2a3" },
        },
        east: {
            name: "East",
            tagline: "Quiet things for early hours.",
            code: "east",
            webSdk: { name: "analytics", datastreamId: "d8e04b19-62c7-4a9d-b1f3-5e7c90a2d6b4" },
        },
        // Its theme has a data layer for Google, and knows nothing of Adobe.
        harbour: { name: "Harbour", tagline: "Salty things for slow boats.", code: "harbour", tellsGoogle: true },
    };

    /** Alloy's standalone form reads the names of its instances here and then works off their queues. */
    function createInstance(name) {
        const queue = [];
        window.__alloyNS = [...(window.__alloyNS ?? []), name];
        window[name] = (...command) =>
            new Promise((resolve, reject) => {
                window.setTimeout(() => window[name].q.push([resolve, reject, command]));
            });
        window[name].q = queue;
        return window[name];
    }

    function startWebSdk({ name, datastreamId }) {
        createInstance(name)("configure", {
            datastreamId,
            orgId: "0123456789ABCDEF01234567@AdobeOrg",
            edgeDomain: window.location.hostname,
            edgeBasePath: "ee",
            thirdPartyCookiesEnabled: false,
            idMigrationEnabled: false,
        });
        const script = document.createElement("script");
        script.async = true;
        script.src = "/web-sdk/alloy.min.js";
        document.head.append(script);
    }

    const website = websites[window.location.hostname.split(".")[0]] ?? websites.north;
    document.documentElement.dataset.website = website.code;
    window.shopWebsite = website;
    if (website.webSdk) {
        startWebSdk(website.webSdk);
    }
})();
