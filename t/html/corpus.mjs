// Documents for the comparison with parse5. Strings in which each character is one byte. The same seed gives
// the same documents.

/** Pieces that lead through the states of the tokenizer (HTML 13.2.5) and the rules about head (13.2.6.4). */
export const PIECES = [
    // doctypes
    "<!doctype html>", "<!DOCTYPE html PUBLIC \"-//W3C//DTD HTML 4.01//EN\">", "<!doctype>", "<!doctype x [<!y>]>",
    "<!DOCTYPE html SYSTEM 'about:legacy-compat'>", "<!doctype html public \"a>b\">", "<!doctypehtml>", "<!doctype x",
    // tags around head
    "<html>", "<html lang=de>", "<html a=\">\" b='>' c=d/>", "<HTML\n\tclass = \"x\" >", "</html>",
    "<head>", "<head/>", "<head profile='>'>", "<HeaD\f>", "</head>", "</HEAD >", "<body>", "<body class=x>", "</body>",
    "<br>", "</br>", "<p>", "</p>", "<div a=b>", "</div>", "<header>", "<heads>", "<h>", "<frameset>", "<frame>",
    // elements of head
    "<title>", "</title>", "<title>a<b></title>", "<title>&lt;/title></titl></title >", "<title/>x</title>",
    "<meta>", "<meta charset=utf-8>", "<meta charset>", "<meta charset=''>", "<META CHARSET=\"x\"/>",
    "<meta http-equiv=content-type content=\"text/html; charset=utf-8\">", "<meta content='charset=x'>",
    "<meta http-equiv=Content-Type content='a;charset = \"b\" '>", "<meta http-equiv=content-type content='charset charset=\"x'>",
    "<meta http-equiv='content-security-policy' content='x'>", "<meta http-equiv=refresh http-equiv=content-security-policy>",
    "<meta name=viewport content='width=device-width'>", "<meta http-equiv=&#99;ontent-security-policy>",
    "<meta charset=iso-2022-kr>", "<link rel=x>", "<base href=/>", "<bgsound>", "<basefont>",
    "<style>", "</style>", "<style>a>b{}<!--</style>", "<noscript>", "</noscript>", "<noscript><img></noscript>",
    "<noframes><p></noframes>", "<template>", "</template>", "<template><p></template>",
    "<script>", "</script>", "<script src=x></script>", "<script>a<b</script>", "<script><!--</script>",
    "<script><!--<script></script>", "<script><!--<script></script>--></script>", "<script><!--<SCRIPT >-->x</script>",
    "<script><!-><script></script>", "<script><!--<scrip></script>", "<script>'</scripts>'</script/>",
    "<script><!-- - --> <</script\n>", "<script><!--<script></scripts></script/></script>", "<script><!</script>",
    "<script><!--<s </x <!--><script></script>",
    // the tag of an nginx behind this one, and what is not
    "<script async src=/aep/0.js data-aep='{}'></script>", "<script DATA-AEP>", "<script data-aep/", "<script data-aep",
    "<script data-aepx src=data-aep></script>", "<link data-aep>",
    // comments and what counts as one
    "<!---->", "<!-- x -->", "<!-->", "<!--->", "<!-- a--!>", "<!--a--!b-->", "<!--a--!-->", "<!-- <!-- -->", "<!-- <!-->",
    "<!--a->b-->", "<!-----x--->", "<!--", "-->", "--!>", "<!--[if IE]>", "<![endif]-->", "<!--<![endif]-->", "<![if !IE]>",
    "<!>", "<!x>", "<!->", "<!-x->", "<!doc>", "<?x?>", "<?", "</ x>", "</>", "</1>", "<![CDATA[", "]]>", "<![cdata[>",
    // text
    " ", "\n", "\t\r\n\f", "x", "\0", "\v", "&", "&#32;", "&#x20", "&#13;", "&Tab;", "&Tab", "&NewLine;", "&nbsp;", "&#0;", "&#65;",
    "&#", "&#x", "&amp;", "\xC2\xA0", "\xEF\xBB\xBF", "\xEF\xBB", "<", "</", "<!", "< ", "<1", "<<", ">", "\"", "'", "=", "/", "-", "\x1B",
    // other content
    "<svg>", "<svg><title>", "</svg>", "<math>", "<table>", "<select>", "<textarea>", "</textarea>", "<pre>\n", "<image>", "<input>",
    "<plaintext>", "<xmp>", "<iframe>", "<a-very-long-name-of-a-custom-element>", "<html amp>", "<html \xE2\x9A\xA1>",
];

/** What every pair of pieces is put behind. */
const STARTS_OF_PAIRS = ["<!doctype html>", "<head>", "<title>x</title>", ""];

const STARTS = [
    "<!doctype html>", "<!doctype html>\n<html>", "<!doctype html><html><head>", "<html>", "<head>", "<title>x</title>", "<body>",
    "\xEF\xBB\xBF<!doctype html>", "<!--x--> <html lang=de>\n<head>\n", "",
];

/** Pages as they are in the wild: cut, and damaged, they lead into the corners. */
const PAGES = [
    "<!DOCTYPE html>\n<html lang=\"en\" class='no-js'>\n<head>\n  <title>Shop &amp; more</title>\n  <meta charset=\"utf-8\">\n" +
    "  <link rel=stylesheet href=/a.css>\n  <script>var a='<head>';</script>\n</head>\n<body>\n<h1>x</h1>\n</body>\n</html>\n",
    "\xEF\xBB\xBF<!doctype html><html><head><meta charset=utf-8><title>x</title></head><body>y</body></html>",
    "<!DOCTYPE html>\n<!--[if lt IE 7]> <html class=\"ie6\"> <![endif]-->\n<!--[if gt IE 8]><!--> <html> <!--<![endif]-->\n" +
    "<head><meta http-equiv=\"X-UA-Compatible\" content=\"IE=edge\"><title></title></head><body></body></html>",
    "<?xml version=\"1.0\"?>\n<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Strict//EN\"\n \"http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd\">" +
    "<html xmlns=\"http://www.w3.org/1999/xhtml\"><head><title/>&#32;<meta http-equiv='Content-Type' content='text/html; charset=x'/>",
    "<html><script><!--\nif (a < b) document.write(\"<script src='x'></scr\"+\"ipt>\");\n//--></script><style>a{}</style><body onload=\"x>y\">",
    "<!doctype html></p><title>a</title>&#x20;<meta name=a content=\"charset=b\"><meta content='x' http-equiv=Content-Security-Policy></head><p>",
    "<title>a</title><noscript><link></noscript><template><meta charset=x></template><meta charset=y>",
    "<!doctype html><html><head><script async src=\"/aep/0.js\" data-aep='{\"v\":1}'></script><meta charset=utf-8><title>x</title>",
    "<html><frameset rows='*'><frame src=x><noframes><body>no</body></noframes></frameset></html>",
];

const DAMAGE = [
    "<", ">", "!", "-", "--", "/", "=", "\"", "'", "&", "#", ";", " ", "\n", "x", "\0", "?", "</", "<!--", "-->", "<head>", "</head>", "<html>",
    "<title>", "</title>", "<script>", "</script>", "&#32;", "<p>", "<!doctype html>", "[", "]", "s",
];

/** Mulberry32: small, and good enough to choose pieces. */
export function randomNumbers(seed) {
    let state = seed >>> 0;
    return (below) => {
        state = (state + 0x6d2b79f5) >>> 0;
        let mixed = Math.imul(state ^ (state >>> 15), state | 1);
        mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
        return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
    };
}

function* pairsOfPieces() {
    for (const start of STARTS_OF_PAIRS) {
        for (const first of PIECES) {
            yield start + first;
            for (const second of PIECES) {
                yield start + first + second;
            }
        }
    }
}

function* cutPages() {
    for (const page of PAGES) {
        for (let length = 0; length <= page.length; ++length) {
            yield page.slice(0, length);
        }
    }
}

/** Fillings that bring what follows to the edge of the window in which browsers look for a charset. */
function* longPages() {
    const fillings = [
        (n) => `<head>${" ".repeat(n - 6)}`,
        (n) => `<head><!--${"x".repeat(n - 13)}-->`,
        (n) => `<head> <style>${"x".repeat(n - 22)}</style>`,
        (n) => `<html><!--${"x".repeat(n - 13)}-->`,
        (n) => `<!doctype html>${"\n".repeat(n - 15)}`,
        (n) => `<head><link title="${"x".repeat(n - 21)}">`,
        (n) => `<head> <title></title a='${"x".repeat(n - 27)}'>`,
    ];
    for (const filling of fillings) {
        for (const n of [1015, 1018, 1022, 1023, 1024, 1025, 1026, 1100, 3000]) {
            for (const piece of PIECES) {
                yield `${filling(n)}${piece}<title>x</title> <p>`;
                yield `${filling(n)} ${piece}`;
            }
        }
    }
    for (const n of [990, 995, 999, 1000, 1001, 1005, 2000]) {
        for (const rest of ["><title>", " charset=x><title>", " http-equiv=content-security-policy><p>"]) {
            yield `<head><link><meta name='${"x".repeat(n)}'${rest}`;
        }
    }
}

function* randomDocuments(random, count) {
    const one = (list) => list[random(list.length)];
    for (let i = 0; i < count; ++i) {
        let document = one(STARTS);
        for (let left = 1 + random(9); left > 0; --left) {
            document += one(PIECES);
        }
        yield document;
    }
}

function* damagedPages(random, count) {
    const one = (list) => list[random(list.length)];
    for (let i = 0; i < count; ++i) {
        let page = one(PAGES);
        for (let left = 1 + random(4); left > 0; --left) {
            const at = random(page.length + 1);
            page = page.slice(0, at) + (random(3) > 0 ? one(DAMAGE) : "") + page.slice(at + random(3));
        }
        yield page;
    }
}

/** All documents: those that are always the same, then `count` by chance of each kind. */
export function* corpus(seed, count) {
    const random = randomNumbers(seed);
    yield* PIECES;
    yield* pairsOfPieces();
    yield* cutPages();
    yield* longPages();
    yield* randomDocuments(random, count);
    yield* damagedPages(random, count);
}
