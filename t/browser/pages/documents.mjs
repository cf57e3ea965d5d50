// Doctypes, and documents without this or that.

import { document, paragraph, text } from "./page.mjs";

const w3c = (version, file) => `PUBLIC "-//W3C//DTD ${version}//EN" "http://www.w3.org/TR/${file}"`;

const withDoctype = (doctype) => document().replace("<!doctype html>\n", doctype);

const magento1 = `<!DOCTYPE html>

<!--[if lt IE 7 ]> <html lang="en" id="top" class="no-js ie6"> <![endif]-->
<!--[if IE 8 ]>    <html lang="en" id="top" class="no-js ie8"> <![endif]-->
<!--[if (gte IE 9)|!(IE)]><!--> <html lang="en" id="top" class="no-js"> <!--<![endif]-->

<head>
<meta http-equiv="Content-Type" content="text/html; charset=utf-8" />
<title>Shop</title>
<!--[if lt IE 7]>
<script type="text/javascript">
//<![CDATA[
    var BLANK_URL = "/blank.html";
//]]>
</script>
<![endif]-->
<![if !IE]><link rel="canonical" href="/"><![endif]>
</head>
<body>${paragraph}</body>
</html>
`;

export const documents = [
    { name: "HTML5 doctype", html: document() },
    { name: "HTML 4.01 Strict", html: withDoctype(`<!DOCTYPE HTML ${w3c("HTML 4.01", "html4/strict.dtd")}>`) },
    {
        name: "HTML 4.01 Transitional",
        html: withDoctype(`<!DOCTYPE HTML ${w3c("HTML 4.01 Transitional", "html4/loose.dtd")}>`),
    },
    {
        name: "HTML 4.01 Transitional without an address",
        html: withDoctype('<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN">'),
        mode: "BackCompat",
    },
    {
        name: "XHTML 1.0 as text/html, with a prolog",
        html: withDoctype(`<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE html ${w3c("XHTML 1.0 Strict", "xhtml1/DTD/xhtml1-strict.dtd")}>
`),
    },
    {
        name: "HTML 3.2",
        html: withDoctype('<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2 Final//EN">'),
        mode: "BackCompat",
    },
    { name: "no doctype", html: withDoctype(""), mode: "BackCompat" },
    { name: "no head tag", html: `<!doctype html><html lang=en><title>Shop</title><body>${paragraph}</body></html>` },
    { name: "no html tag", html: `<!doctype html><head><title>Shop</title></head><body>${paragraph}</body>` },
    { name: "no tags but title", html: `<title>Shop</title>\n${paragraph}`, mode: "BackCompat" },
    { name: "the body comes first", html: `<!doctype html><html><body>${paragraph}</body></html>` },
    { name: "text follows the doctype", html: `<!doctype html><p>Shop</p>${paragraph}` },
    { name: "white space and comments come first", html: `\n\n<!-- <head> -->\n  ${document()}` },
    { name: "noscript comes first", html: document().replace("<title>", "<noscript><link></noscript><title>") },
    { name: "conditional comments of Magento 1", html: magento1 },
    {
        name: "no document",
        html: `<div><title>Shop</title>${paragraph}</div>`,
        mode: "BackCompat",
        tag: false,
    },
    {
        name: "a frameset",
        html: `<!DOCTYPE HTML ${w3c("HTML 4.01 Frameset", "html4/frameset.dtd")}>
<html><head><title id="text">${text}</title></head>
<frameset cols="50%,50%"><frame src="/left"><frame src="/right"></frameset></html>`,
        others: { "/left": { html: document() }, "/right": { html: "<p>No document</p>" } },
    },
    {
        name: "a frameset without head",
        html: `<title id="text">${text}</title><frameset cols="100%"><frame src="/left"></frameset>`,
        mode: "BackCompat",
    },
    {
        name: "frames of all kinds",
        html: document({ body: `${paragraph}<iframe src="/left"></iframe><iframe src="/left" sandbox="allow-scripts">
            </iframe><iframe srcdoc="<!doctype html><p>Shop"></iframe><iframe></iframe>` }),
    },
    { name: "AMP", html: document({ attributes: " amp" }), tag: false },
    { name: "AMP, by its sign", html: document({ attributes: " ⚡ lang=en" }), tag: false },
    {
        name: "XHTML",
        type: "application/xhtml+xml; charset=utf-8",
        html: `<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml"><head><title>Shop</title></head><body>${paragraph}</body></html>`,
        tag: false,
    },
];
