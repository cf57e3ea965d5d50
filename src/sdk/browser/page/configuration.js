// What differs per website travels in the tag's data-aep attribute, as JSON. Both sides ignore members that they do
// not know; a change that an older file would misread gets a new version number.

import { warn } from "./warn.js";

const VERSION = 1;

const parse = (text) => {
    try {
        return JSON.parse(text);
    } catch {
        return undefined;
    }
};

/**
 * Reads the configuration from the tag.
 *
 * @param {?HTMLScriptElement} script the running script, null where it is not known
 * @returns {?Object} null, with a warning, when nothing can be started with it
 */
export const readConfiguration = (script) => {
    const tag = script && script.dataset.aep ? script : document.querySelector("script[data-aep]");
    if (!tag) {
        warn("the script's data-aep attribute is missing. nginx writes it: is the tag in the page its own?");
        return null;
    }
    const configuration = parse(tag.dataset.aep);
    if (!configuration || configuration.v !== VERSION) {
        warn(`the script's data-aep attribute cannot be read: a JSON object with "v":${VERSION} was expected. ` +
             "Something between nginx and the browser changed the page, or the page comes from an old cache.");
        return null;
    }
    if (!configuration.org || !(configuration.datastream || configuration.sdk)) {
        warn("the organization ID, or the datastream ID of this website, is missing. " +
             "Check aep_organization_id and aep_datastream_id in nginx's configuration.");
        return null;
    }
    return configuration;
};
