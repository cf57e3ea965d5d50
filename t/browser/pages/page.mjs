// What the pages of the set are made of.
//
// A page is `{name, html, …}`, and of these what is not usual:
//
//     html, headers    text, bytes or an object; or a function of {nonce}, which is new for each request
//     type             Content-Type; "text/html; charset=utf-8"
//     status           of the answer; 200
//     coding           Content-Encoding: gzip, br, deflate
//     inPieces         sent a few bytes at a time
//     path             where it is; else made of its name
//     charset, mode    what the document must say: document.characterSet "UTF-8", document.compatMode "CSS1Compat"
//     text             what the element or title with the id "text" must read
//     own              what the page's own scripts must have left in window.own
//     tag              whether it gets the tag; true
//     behind           the element right before the tag; null: the tag is the first in <head>
//     starts           whether the SDK starts; where there is a tag, it does
//     sends            whether its events reach the Edge; where the SDK starts, they do
//     logs             patterns of what is in the console, with or without the tag
//     warns            patterns of what the tag adds to it
//     violations       what the browser reports of policies, with or without the tag
//     reports          what the tag adds to it
//     sdkAfter         what the SDK file has to wait for, as a function of the page
//     others           further resources, {"/path": page}

export const text = "Žluťoučký kůň";

export const paragraph = `<p id="text">${text}</p>`;

/** The usual page. */
export const document = ({ head = "", body = paragraph, attributes = "" } = {}) => `<!doctype html>
<html${attributes}>
<head>
<title>Shop</title>
${head}
</head>
<body>
${body}
</body>
</html>
`;

/** Bytes of a text of the characters U+0000 to U+00FF, one byte each. */
export const bytes = (characters) => Buffer.from(characters, "latin1");
