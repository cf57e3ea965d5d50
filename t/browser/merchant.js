// A merchant's own start of Adobe's Web SDK, as merchantAlloy: Adobe's base code, the library, and its configuration.
// The script's data-options attribute holds options for the configure command as JSON; data-library="later" leaves
// loading the library to the page.

(() => {
    const name = "merchantAlloy";
    const { options, library = "/js/alloy.js" } = document.currentScript.dataset;

    window.__alloyNS = [...(window.__alloyNS ?? []), name];
    window[name] = (...command) => new Promise((resolve, reject) => {
        window[name].q.push([resolve, reject, command]);
    });
    window[name].q = [];

    window[name]("configure", {
        edgeDomain: location.hostname,
        thirdPartyCookiesEnabled: false,
        idMigrationEnabled: false,
        clickCollectionEnabled: false,
        ...JSON.parse(options),
    });

    if (library !== "later") {
        const script = document.createElement("script");
        script.src = library;
        document.head.append(script);
    }
})();
