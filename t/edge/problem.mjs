// Edge's errors: RFC 7807 documents with Adobe's EXEG codes. The code's last three digits are the status.

const titles = {
    "EXEG-0000-503": "Service temporarily unavailable",
    "EXEG-0001-500": "Unexpected internal error",
    "EXEG-0002-400": "Datastream ID is missing",
    "EXEG-0003-400": "Datastream ID does not exist",
    "EXEG-0004-422": "Datastream is disabled",
    "EXEG-0101-400": "The request body is not valid JSON",
    "EXEG-0102-400": "A field has a value of the wrong type",
    "EXEG-0103-400": "A mandatory field is missing",
    "EXEG-0104-422": "Validation failed",
    "EXEG-0106-400": "The Content-Type header is invalid",
    "EXEG-0109-408": "The request body is empty",
    "EXEG-0110-400": "A parameter is needed when cookies are enabled",
    "EXEG-0111-415": "Content type is not supported",
    "EXEG-0112-413": "The payload is too large",
    "EXEG-0201-503": "An upstream service is unavailable",
    "EXEG-0202-502": "An upstream service could not process the request",
    "EXEG-0200-504": "An upstream service timed out",
    "EXEG-0301-200": "The request was ignored: consent is missing",
    "EXEG-0305-400": "An identity has an invalid value",
    "EXEG-0306-400": "An event has no primary identity",
    "EXEG-0400-403": "Requests from this country are blocked",
    "EXEG-0500-401": "The access token is missing or malformed",
    "EXEG-0503-401": "The access token has expired",
};

/** What Edge says for a status when a mode commands no code of its own. */
const usualCodes = {
    400: "EXEG-0102-400",
    401: "EXEG-0503-401",
    403: "EXEG-0400-403",
    408: "EXEG-0109-408",
    413: "EXEG-0112-413",
    415: "EXEG-0111-415",
    422: "EXEG-0104-422",
    500: "EXEG-0001-500",
    502: "EXEG-0202-502",
    503: "EXEG-0000-503",
    504: "EXEG-0200-504",
};

/** Thrown where a request cannot be taken; becomes a problem document. */
export class Refusal extends Error {
    constructor(code, detail, report = []) {
        super(detail);
        this.code = code;
        this.status = Number(code.slice(-3));
        this.report = report;
    }
}

/** One error or warning, as a whole body or as an item of `errors` and `warnings`. */
export function problem(code, detail, report = {}) {
    return {
        type: `https://ns.adobe.com/aep/errors/${code}`,
        status: Number(code.slice(-3)),
        title: titles[code] ?? "The request failed",
        detail,
        report,
    };
}

/** The problem of a commanded status. */
export function usualProblem(status, requestId) {
    const code = usualCodes[status];
    if (code) {
        return problem(code, `The stand-in was told to answer ${status}.`, { requestId });
    }
    const title = `Status ${status}`;
    return { type: "about:blank", status, title, detail: "As commanded.", report: { requestId } };
}
