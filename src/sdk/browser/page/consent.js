// The signals by which a visitor refuses whatever a page asks for. All other consent is the Web SDK's business:
// its default, and what a consent manager tells it by setConsent.

const hasCookie = (name) => document.cookie.split(";").some((pair) => pair.split("=", 1)[0].trim() === name);

/**
 * Returns a function that tells whether the visitor objects now: an opt-out cookie may be set, or Global Privacy
 * Control switched on, while the page is open.
 */
export const createObjectionCheck = ({ optOut, gpc }) => () =>
    Boolean((optOut && hasCookie(optOut)) || (gpc && navigator.globalPrivacyControl === true));
