#pragma once

#include <string_view>

namespace aep::page::csp::test {

/// One page's policies and what becomes of our tag. In `policies` a line feed separates header fields.
struct PolicyCase {
    std::string_view behaviour;
    std::string_view policies;
    std::string_view decision;
};

// The hash of our file, in both of the alphabets that base64 has, and another file's.
#define OUR_DIGEST "oqVuAfXRKap7fdgcCY5uykM6+R9GqQ8K/uxy9rx7HNQlGYl1kPzQho1wx4JwY8wC"
#define OUR_HASH "sha384-" OUR_DIGEST
#define OUR_HASH_FOR_URLS "sha384-oqVuAfXRKap7fdgcCY5uykM6-R9GqQ8K_uxy9rx7HNQlGYl1kPzQho1wx4JwY8wC"
#define OTHER_HASH "sha384-H8BRh8j48O9oYatfu5AZzq6A9RINhZO5H16dQZngK7T62em8MUt1FLm52t+eX6xO"

// Each nonce takes a walk through all policies, so there is an end to trying them.
#define SIXTEEN_NONCES                                                                                      \
    "script-src 'nonce-1' 'nonce-2' 'nonce-3' 'nonce-4' 'nonce-5' 'nonce-6' 'nonce-7' 'nonce-8' 'nonce-9' " \
    "'nonce-10' 'nonce-11' 'nonce-12' 'nonce-13' 'nonce-14' 'nonce-15' 'nonce-16'"

constexpr std::string_view kOurHash = OUR_HASH;

/// Which directive of which policy counts.
constexpr PolicyCase kDirectiveCases[] = {
    {"no policy", "", "tag"},
    {"empty policies", " ; ,, ; \n;\n ,", "tag"},
    {"a policy about other things", "img-src 'none'; style-src 'self'; frame-ancestors 'none'", "tag"},
    {"script-src-attr and worker-src are for others", "script-src-attr 'none'; worker-src 'none'", "tag"},
    {"script-src", "script-src 'self'", "tag"},
    {"script-src without its semicolon's space", "img-src *;script-src 'none'", "blocked: script-src"},
    {"default-src where there is no other", "default-src 'none'; connect-src *", "blocked: default-src"},
    {"script-src before default-src", "default-src 'none'; connect-src *; script-src 'self'", "tag"},
    {"script-src before default-src, the other way", "script-src 'none'; default-src 'self'",
     "blocked: script-src"},
    {"script-src-elem before script-src", "script-src 'none'; script-src-elem 'self'", "tag"},
    {"script-src-elem before script-src, the other way", "script-src-elem 'none'; script-src 'self'",
     "blocked: script-src-elem"},
    {"script-src-elem before default-src", "default-src 'none'; connect-src *; script-src-elem 'self'",
     "tag"},
    {"the first directive of a name", "script-src 'self'; script-src 'none'", "tag"},
    {"the first directive of a name, the other way", "script-src 'none'; script-src 'self'",
     "blocked: script-src"},
    {"the first directive of a name, whatever its case", "script-src 'self'; SCRIPT-SRC 'none'", "tag"},
    {"names in any case", "SCRIPT-Src 'none'", "blocked: SCRIPT-Src"},
    {"a name that only starts like it", "script-srcs 'none'; xscript-src 'none'; script 'none'", "tag"},
    {"white space of all kinds", "\t script-src\t'self'\f \r;", "tag"},
    {"white space before the name", " \t script-src 'none'", "blocked: script-src"},
    {"a vertical tab is not white space", "script-src\v'none'", "tag"},
    {"a directive that is not ASCII is none", "script-src 'none' \xC3\xBC.example", "tag"},
    {"a directive that is not ASCII hides no later one", "script-src \xFC 'self'; script-src 'none'",
     "blocked: script-src"},
    {"all fields count", "script-src 'self'\nscript-src 'none'", "blocked: script-src"},
    {"all policies of a field count", "script-src 'self', script-src-elem 'none'",
     "blocked: script-src-elem"},
    {"policies without space between them", "script-src 'none',script-src 'self'", "blocked: script-src"},
    {"an empty policy between others", "script-src 'self',, ,script-src 'self'", "tag"},
    {"a name may come again in another policy", "script-src 'self', script-src https:", "tag"},
    {"each policy falls back for itself", "script-src 'self', default-src 'none'; connect-src *",
     "blocked: default-src"},
    {"sandbox", "sandbox", "blocked: sandbox"},
    {"sandbox with other permissions", "sandbox allow-same-origin allow-forms", "blocked: sandbox"},
    {"sandbox with scripts, but an origin of its own: no cookies, no gateway",
     "sandbox allow-forms allow-scripts", "blocked: sandbox"},
    {"sandbox with scripts and the page's origin", "sandbox allow-same-origin allow-forms allow-scripts",
     "tag"},
    {"sandbox with both in any case", "SANDBOX Allow-Scripts ALLOW-same-origin", "tag"},
    {"sandbox with something that starts like scripts", "sandbox allow-scripts-x allow-same-origin",
     "blocked: sandbox"},
    {"every sandbox must allow both", "sandbox allow-scripts allow-same-origin\nsandbox allow-scripts",
     "blocked: sandbox"},
    {"what one sandbox allows does not help another", "sandbox allow-scripts, sandbox allow-same-origin",
     "blocked: sandbox"},
    {"the first sandbox of a policy", "sandbox allow-scripts allow-same-origin; sandbox", "tag"},
    {"sandbox with both and a policy that blocks",
     "sandbox allow-scripts allow-same-origin; script-src 'none'", "blocked: script-src"},
    {"Trusted Types", "require-trusted-types-for 'script'; trusted-types 'none'", "tag"},
    {"require-sri-for", "require-sri-for script", "tag"},
};

/// Which source expressions list our script, by its URL.
constexpr PolicyCase kSourceCases[] = {
    {"no sources", "script-src", "blocked: script-src"},
    {"no sources but white space", "script-src \t", "blocked: script-src"},
    {"'none'", "script-src 'none'", "blocked: script-src"},
    {"'none' in any case", "script-src 'NONE'", "blocked: script-src"},
    {"'none' beside others says nothing", "script-src 'none' 'self'", "tag"},
    {"'self' in any case", "script-src 'Self'", "tag"},
    {"self without quotes is a host", "script-src self", "blocked: script-src"},
    {"'self' with other quotes", "script-src \"self\" `self` 'self", "blocked: script-src"},
    {"'self' behind others", "script-src https://cdn.example 'unsafe-inline' 'self'", "tag"},
    {"two sources without white space", "script-src 'self''self'", "blocked: script-src"},
    {"keywords that are for other scripts",
     "script-src 'unsafe-inline' 'unsafe-eval' 'unsafe-hashes' 'report-sample' 'wasm-unsafe-eval'",
     "blocked: script-src"},
    {"any", "script-src *", "tag"},
    {"our scheme", "script-src https:", "tag"},
    {"our scheme in any case", "script-src HTTPS:", "tag"},
    {"the scheme that ours secures", "script-src http:", "tag"},
    {"other schemes", "script-src data: blob: ws: wss: filesystem: httpss: h:", "blocked: script-src"},
    {"no scheme", "script-src : :// ://shop.example ://*", "blocked: script-src"},
    {"a scheme without its colon", "script-src https", "blocked: script-src"},
    {"a scheme without its host", "script-src https://", "blocked: script-src"},
    {"a scheme with one slash", "script-src https:/ https:/shop.example", "blocked: script-src"},
    {"a host without its scheme", "script-src //shop.example", "blocked: script-src"},
    {"our host", "script-src shop.example", "tag"},
    {"our host in any case", "script-src SHOP.Example", "tag"},
    {"our host with its scheme", "script-src https://shop.example", "tag"},
    {"our host with the scheme that ours secures", "script-src http://shop.example", "tag"},
    {"our host with another scheme", "script-src ftp://shop.example", "blocked: script-src"},
    {"our host with what is no scheme", "script-src 1https://shop.example", "blocked: script-src"},
    {"our host with a dot at its end", "script-src shop.example.", "blocked: script-src"},
    {"another host", "script-src cdn.example www.shop.example example", "blocked: script-src"},
    {"a host that ends like ours", "script-src p.example *.p.example", "blocked: script-src"},
    {"below our domain's parent", "script-src *.example", "tag"},
    {"below our domain's parent in any case", "script-src *.EXAMPLE", "tag"},
    {"below our host", "script-src *.shop.example", "blocked: script-src"},
    {"any host", "script-src https://*", "tag"},
    {"any host of another scheme", "script-src ftp://*", "blocked: script-src"},
    {"a star that is no label", "script-src sh*.example *p.example *shop.example *.*.example shop.*",
     "blocked: script-src"},
    {"nothing below a star", "script-src *.", "blocked: script-src"},
    {"empty labels", "script-src shop..example .shop.example *..example .", "blocked: script-src"},
    {"what is in no host", "script-src shop_.example [shop.example] user@shop.example",
     "blocked: script-src"},
    {"our port", "script-src shop.example:443", "tag"},
    {"our port with zeros", "script-src https://shop.example:00443", "tag"},
    {"any port", "script-src shop.example:*", "tag"},
    {"any host and port", "script-src *:*", "tag"},
    {"any host, our port", "script-src *:443", "tag"},
    {"any host, another port", "script-src *:8443", "blocked: script-src"},
    {"another port", "script-src shop.example:8443 shop.example:80 https://shop.example:80",
     "blocked: script-src"},
    {"the port that ours secures", "script-src http://shop.example:80", "tag"},
    {"another port of the scheme that ours secures", "script-src http://shop.example:8080",
     "blocked: script-src"},
    {"a port that is too large", "script-src shop.example:4294967739 shop.example:18446744073709552059",
     "blocked: script-src"},
    {"a port that is none",
     "script-src shop.example: shop.example:/ shop.example:x shop.example:-443 shop.example:4* "
     "shop.example:40[",
     "blocked: script-src"},
    {"the root", "script-src https://shop.example/", "tag"},
    {"our folder", "script-src https://shop.example/aep/", "tag"},
    {"our folder without the slash", "script-src https://shop.example/aep", "blocked: script-src"},
    {"our file", "script-src https://shop.example/aep/0123.js", "tag"},
    {"our file, host alone", "script-src shop.example/aep/0123.js", "tag"},
    {"our file, any host", "script-src */aep/0123.js", "tag"},
    {"our file, our port", "script-src shop.example:443/aep/0123.js", "tag"},
    {"our file as a folder", "script-src shop.example/aep/0123.js/", "blocked: script-src"},
    {"a file that starts like ours", "script-src shop.example/aep/0123", "blocked: script-src"},
    {"a file that ours starts like", "script-src shop.example/aep/0123.jsx", "blocked: script-src"},
    {"a folder that starts like ours", "script-src shop.example/ae/", "blocked: script-src"},
    {"another folder", "script-src shop.example/js/ shop.example//aep/", "blocked: script-src"},
    {"our folder in another case", "script-src shop.example/AEP/", "blocked: script-src"},
    {"our file with percent signs", "script-src shop.example/%61ep/%30123%2Ejs", "tag"},
    {"our file with percent signs in lower case", "script-src shop.example/aep/0123%2ejs", "tag"},
    {"our file with a percent sign at its end", "script-src shop.example/aep/0123.j%73", "tag"},
    {"a slash with percent signs separates nothing", "script-src shop.example/aep%2F0123.js",
     "blocked: script-src"},
    {"percent signs that say nothing",
     "script-src shop.example/%zzep/ shop.example/aep/% shop.example/aep/%3", "blocked: script-src"},
    {"our file with a query", "script-src shop.example/aep/0123.js?v=1", "tag"},
    {"our folder with a fragment", "script-src shop.example/aep/#x", "tag"},
    {"our file with a URL in its query", "script-src shop.example/aep/0123.js?next=https://cdn.example",
     "tag"},
    {"our host with a query", "script-src shop.example?x", "blocked: script-src"},
    {"a path with a scheme in it", "script-src shop.example/https://shop.example", "blocked: script-src"},
};

/// Nonces, hashes and 'strict-dynamic'.
constexpr PolicyCase kNonceCases[] = {
    {"a nonce", "script-src 'nonce-abc'", "tag nonce=abc"},
    {"a nonce of all characters", "script-src 'nonce-aZ09+/-_=='", "tag nonce=aZ09+/-_=="},
    {"a nonce keeps its case", "script-src 'NONCE-aBc'", "tag nonce=aBc"},
    {"a nonce that is not needed", "script-src 'self' 'nonce-abc'", "tag nonce=abc"},
    {"a nonce in default-src", "default-src 'nonce-abc'; connect-src *", "tag nonce=abc"},
    {"a nonce in script-src-elem", "script-src-elem 'nonce-abc'; script-src 'nonce-def'", "tag nonce=abc"},
    {"a nonce in a directive that does not count", "script-src 'self'; default-src 'nonce-abc' *", "tag"},
    {"a nonce for other things", "script-src 'self'; style-src 'nonce-abc'", "tag"},
    {"a nonce in 'none'", "script-src 'none' 'nonce-abc'", "tag nonce=abc"},
    {"an empty nonce", "script-src 'nonce-' 'nonce-=' 'nonce-=='", "blocked: script-src"},
    {"a nonce with too much fill", "script-src 'nonce-abc==='", "blocked: script-src"},
    {"a nonce with fill inside", "script-src 'nonce-ab=c'", "blocked: script-src"},
    {"what would leave an attribute", "script-src 'nonce-a\"onload=x' 'nonce-a>' 'nonce-a&quot' 'nonce-a''",
     "blocked: script-src"},
    {"a nonce without quotes", "script-src nonce-abc 'nonce-abc nonce-abc'", "blocked: script-src"},
    {"the first of several nonces", "script-src 'nonce-abc' 'nonce-def'", "tag nonce=abc"},
    {"the same nonce twice", "script-src 'nonce-abc' 'nonce-abc'\nscript-src 'nonce-abc'", "tag nonce=abc"},
    {"the nonce of the only policy that has one", "script-src 'self'\nscript-src 'nonce-abc'",
     "tag nonce=abc"},
    {"the nonce that all policies have", "script-src 'nonce-abc' 'nonce-def', script-src 'nonce-def'",
     "tag nonce=def"},
    {"the nonce that one of them needs", "script-src 'self' 'nonce-abc'\nscript-src 'nonce-def'",
     "tag nonce=def"},
    {"nonces that no tag can have both", "script-src 'nonce-abc', script-src-elem 'nonce-def'",
     "blocked: script-src-elem"},
    {"nonces differ by case", "script-src 'nonce-abc', script-src 'nonce-ABC'", "blocked: script-src"},
    {"nonces differ by alphabet", "script-src 'nonce-a+/', script-src 'nonce-a-_'", "blocked: script-src"},
    {"nonces differ by fill", "script-src 'nonce-abc', script-src 'nonce-abc='", "blocked: script-src"},
    {"a blocked page's nonce stays out", "script-src 'nonce-abc', script-src 'none'", "blocked: script-src"},
    {"sixteen nonces are tried", SIXTEEN_NONCES "\nscript-src 'nonce-16'", "tag nonce=16"},
    {"a seventeenth nonce is not tried", SIXTEEN_NONCES " 'nonce-17'\nscript-src 'nonce-17'",
     "blocked: script-src"},
    {"'strict-dynamic' with a nonce", "script-src 'strict-dynamic' 'nonce-abc' https: 'unsafe-inline'",
     "tag nonce=abc"},
    {"'strict-dynamic' with our hash", "script-src 'strict-dynamic' '" OUR_HASH "'", "tag integrity"},
    {"'strict-dynamic' alone", "script-src 'strict-dynamic'", "blocked: script-src"},
    {"'strict-dynamic' makes URLs count for nothing",
     "script-src 'self' * https: shop.example 'Strict-Dynamic' 'unsafe-inline'", "blocked: script-src"},
    {"'strict-dynamic' in default-src", "default-src 'self' 'strict-dynamic'", "blocked: default-src"},
    {"'strict-dynamic' of another policy", "script-src 'self', script-src 'strict-dynamic' 'nonce-abc'",
     "tag nonce=abc"},
    {"strict-dynamic without quotes is a host", "script-src 'self' strict-dynamic", "tag"},
    {"our hash", "script-src '" OUR_HASH "'", "tag integrity"},
    {"our hash in the alphabet for URLs", "script-src '" OUR_HASH_FOR_URLS "'", "tag integrity"},
    {"our hash behind others", "script-src '" OTHER_HASH "' '" OUR_HASH "'", "tag integrity"},
    {"our hash in default-src", "default-src '" OUR_HASH "'; connect-src *", "tag integrity"},
    {"our hash where our URL does", "script-src '" OUR_HASH "' 'self'", "tag"},
    {"our hash where a nonce does", "script-src '" OUR_HASH "' 'nonce-abc'", "tag nonce=abc"},
    {"our hash in one of two policies", "script-src 'self', script-src '" OUR_HASH "'", "tag integrity"},
    {"our hash in one policy, a nonce in another", "script-src '" OUR_HASH "', script-src 'nonce-abc'",
     "tag nonce=abc integrity"},
    {"a nonce rather than our hash",
     "script-src 'nonce-abc' '" OUR_HASH "', script-src 'nonce-abc' 'nonce-def'", "tag nonce=abc"},
    {"the nonce that spares the hash",
     "script-src 'nonce-abc' 'nonce-def', script-src '" OUR_HASH "' 'nonce-def'", "tag nonce=def"},
    {"our hash where policies have different nonces",
     "script-src 'nonce-abc', script-src 'nonce-def' '" OUR_HASH "'", "tag nonce=abc integrity"},
    {"another hash", "script-src '" OTHER_HASH "'", "blocked: script-src"},
    {"our hash as another algorithm's", "script-src 'sha256-" OUR_DIGEST "' 'sha512-" OUR_DIGEST "'",
     "blocked: script-src"},
    {"our hash with its algorithm in any case", "script-src 'SHA384-" OUR_DIGEST "'", "tag integrity"},
    {"our hash as what is no algorithm",
     "script-src 'sha1-" OUR_DIGEST "' 'sha384+" OUR_DIGEST "' '" OUR_DIGEST "'", "blocked: script-src"},
    {"our hash without quotes", "script-src " OUR_HASH, "blocked: script-src"},
    {"a part of our hash", "script-src 'sha384-oqVuAfXRKap7' 'sha384-' 'sha384'", "blocked: script-src"},
    {"our hash with fill", "script-src '" OUR_HASH "='", "blocked: script-src"},
    {"our hash in a sandbox with an origin of its own", "sandbox allow-scripts; script-src '" OUR_HASH "'",
     "blocked: sandbox"},
    {"our hash in another policy's sandbox", "script-src '" OUR_HASH "', sandbox allow-scripts",
     "blocked: sandbox"},
    {"our hash in a sandbox with the page's origin",
     "sandbox allow-scripts allow-same-origin; script-src '" OUR_HASH "'", "tag integrity"},
    {"a nonce in a sandbox with an origin of its own",
     "sandbox allow-scripts; script-src '" OUR_HASH "' 'nonce-abc'", "blocked: sandbox"},
};

/// Fields of Content-Security-Policy-Report-Only, beside what the test says of the others.
constexpr PolicyCase kReportOnlyCases[] = {
    {"a nonce", "script-src 'nonce-abc' 'strict-dynamic'", "tag nonce=abc"},
    {"a nonce in default-src", "default-src 'nonce-abc'", "tag nonce=abc"},
    {"a nonce where our URL does", "script-src 'self' 'nonce-abc'", "tag nonce=abc"},
    {"the nonce that all have", "script-src 'nonce-abc' 'nonce-def'\nscript-src 'nonce-def'",
     "tag nonce=def"},
    {"nonces that no tag can have both: the first", "script-src 'nonce-abc', script-src 'nonce-def'",
     "tag nonce=abc"},
    {"the nonce of one where another allows nothing", "script-src 'none'\nscript-src 'nonce-abc'",
     "tag nonce=abc"},
    {"the nonce of one with a sandbox, which reports nothing", "sandbox; script-src 'nonce-abc'",
     "tag nonce=abc"},
    {"a nonce for other things", "style-src 'nonce-abc'; script-src 'self'", "tag"},
    {"what would leave an attribute", "script-src 'nonce-a\"onload=x'", "tag"},
    {"no nonce: nothing else of it counts", "script-src 'none'; connect-src 'none'; sandbox", "tag"},
    {"our hash", "script-src '" OUR_HASH "'", "tag"},
};

/// Fields of Integrity-Policy. Where one asks for integrity, the tag also has to ask for CORS.
constexpr PolicyCase kIntegrityCases[] = {
    {"no policy", "", "tag"},
    {"scripts", "blocked-destinations=(script)", "tag integrity cors"},
    {"scripts among others", "blocked-destinations=(style script), endpoints=(a b)", "tag integrity cors"},
    {"others only", "blocked-destinations=(style)", "tag"},
    {"nothing", "blocked-destinations=()", "tag"},
    {"no destinations", "sources=(inline), endpoints=(integrity)", "tag"},
    {"the source that there is", "sources=(inline), blocked-destinations=(script)", "tag integrity cors"},
    {"a source that there is not yet", "sources=(wasm), blocked-destinations=(script)", "tag"},
    {"no source", "sources=(), blocked-destinations=(script)", "tag"},
    {"parameters", "blocked-destinations=(script;a=1 style);b", "tag integrity cors"},
    {"spaces", "  endpoints=( a ) ,\tblocked-destinations=(  style  script )  ", "tag integrity cors"},
    {"a string is no token", "blocked-destinations=(\"script\")", "tag"},
    {"a token is no list", "blocked-destinations=script", "tag"},
    {"no value", "blocked-destinations", "tag"},
    {"tokens have a case", "blocked-destinations=(Script)", "tag"},
    {"names have a case", "Blocked-Destinations=(script)", "tag"},
    {"a token that starts like it", "blocked-destinations=(scripts script-src)", "tag"},
    {"a name that starts like it", "blocked-destinations-x=(script)", "tag"},
    {"in a string", "a=\"x, blocked-destinations=(script)\"", "tag"},
    {"behind a string", R"(a="\", b", blocked-destinations=(script))", "tag integrity cors"},
    {"the last of a name counts", "blocked-destinations=(script), blocked-destinations=(style)", "tag"},
    {"the last of a name counts, across fields", "blocked-destinations=()\nblocked-destinations=(script)",
     "tag integrity cors"},
    {"several fields are one", "sources=(inline)\nblocked-destinations=(script)", "tag integrity cors"},
    {"empty fields", " , ,\n", "tag"},
    {"a list that does not end", "blocked-destinations=(script", "tag integrity cors"},
};

/// What alloy sends to the gateway.
constexpr PolicyCase kGatewayCases[] = {
    {"connect-src with our origin", "connect-src 'self'", "tag"},
    {"connect-src without it", "connect-src https://api.example", "tag, no connection: connect-src"},
    {"connect-src without sources", "connect-src", "tag, no connection: connect-src"},
    {"connect-src in any case", "Connect-SRC 'none'", "tag, no connection: Connect-SRC"},
    {"connect-src with any", "connect-src *", "tag"},
    {"connect-src with the gateway's path", "connect-src https://shop.example/ee/", "tag"},
    {"connect-src with the path above", "connect-src https://shop.example/", "tag"},
    {"connect-src with the path, but not what is below", "connect-src https://shop.example/ee",
     "tag, no connection: connect-src"},
    {"connect-src with a part of the gateway", "connect-src https://shop.example/ee/v1/",
     "tag, no connection: connect-src"},
    {"connect-src with web sockets only", "connect-src wss:", "tag, no connection: connect-src"},
    {"connect-src before default-src", "default-src 'self'; connect-src 'none'",
     "tag, no connection: connect-src"},
    {"connect-src before default-src, the other way",
     "default-src 'none'; connect-src 'self'; script-src 'self'", "tag"},
    {"default-src where there is no other", "default-src 'none'; script-src 'self'",
     "tag, no connection: default-src"},
    {"script-src does not matter", "script-src https://shop.example/aep/", "tag"},
    {"a nonce does not connect", "default-src 'nonce-abc'", "tag nonce=abc, no connection: default-src"},
    {"'strict-dynamic' is for scripts", "connect-src 'strict-dynamic' 'self'", "tag"},
    {"'strict-dynamic' in default-src is for scripts", "default-src 'strict-dynamic' 'nonce-abc' 'self'",
     "tag nonce=abc"},
    {"all policies must connect", "connect-src 'self'\nconnect-src 'self', connect-src 'none'",
     "tag, no connection: connect-src"},
    {"the first that blocks is named", "connect-src 'none', default-src 'none'; script-src *",
     "tag, no connection: connect-src"},
    {"what blocks the script is named first", "connect-src 'none'; script-src 'none'",
     "blocked: script-src, no connection"},
    {"default-src blocks both", "default-src 'none'", "blocked: default-src, no connection"},
};

/// What alloy sends to Adobe where there is no gateway.
constexpr PolicyCase kEdgeCases[] = {
    {"connect-src with our origin", "connect-src 'self'", "tag, no connection: connect-src"},
    {"connect-src with Edge", "connect-src 'self' edge.adobedc.net", "tag"},
    {"connect-src with Edge's domain", "connect-src https://*.adobedc.net", "tag"},
    {"connect-src with Edge's path", "connect-src https://edge.adobedc.net/ee/", "tag"},
    {"connect-src with another path", "connect-src https://edge.adobedc.net/x/",
     "tag, no connection: connect-src"},
    {"connect-src with another port", "connect-src https://edge.adobedc.net:8443",
     "tag, no connection: connect-src"},
    {"default-src", "default-src 'self'", "tag, no connection: default-src"},
};

/// A page without TLS: its script has no TLS either, alloy's requests always have.
constexpr PolicyCase kHttpCases[] = {
    {"'self'", "default-src 'self'", "tag"},
    {"http:", "default-src http:", "tag"},
    {"https:", "default-src https:; connect-src https:", "blocked: default-src"},
    {"host alone", "default-src shop.example", "tag"},
    {"host with http", "default-src http://shop.example", "tag"},
    {"host with https", "script-src https://shop.example", "blocked: script-src"},
    {"port 80", "default-src shop.example:80", "tag"},
    {"port 80 with http", "default-src http://shop.example:80", "tag"},
    {"port 443", "script-src shop.example:443; connect-src shop.example:443", "blocked: script-src"},
    {"any", "default-src *", "tag"},
};

/// A page on a port of its own, which alloy's requests do not have.
constexpr PolicyCase kPortCases[] = {
    {"'self' is this port only", "default-src 'self'", "tag, no connection: default-src"},
    {"host alone is the default port only", "script-src shop.example; connect-src shop.example",
     "blocked: script-src"},
    {"host with the port", "script-src shop.example:8443", "tag"},
    {"host with any port", "default-src shop.example:*", "tag"},
    {"scheme", "default-src https:", "tag"},
    {"any", "default-src *", "tag"},
    {"port 443", "script-src *:443", "blocked: script-src"},
    {"port 80 is no other port's", "script-src http://shop.example:80", "blocked: script-src"},
};

/// A host that ends with a dot is another one than without.
constexpr PolicyCase kDotCases[] = {
    {"with the dot", "script-src shop.example.", "tag"},
    {"without the dot", "script-src shop.example", "blocked: script-src"},
    {"below the parent, with the dot", "script-src *.example.", "tag"},
    {"below the parent, without the dot", "script-src *.example", "blocked: script-src"},
    {"below nothing", "script-src *.", "blocked: script-src"},
    {"'self'", "script-src 'self'", "tag"},
};

/// A host with characters that no source expression can have.
constexpr PolicyCase kUnderscoreCases[] = {
    {"the host", "script-src my_shop.example", "blocked: script-src"},
    {"below the parent", "script-src *.example", "tag"},
    {"any", "script-src https://*", "tag"},
    {"'self'", "script-src 'self'", "tag"},
};

/// A module that does not know its file's hash.
constexpr PolicyCase kNoHashCases[] = {
    {"hashes", "script-src '" OUR_HASH "' 'sha384-'", "blocked: script-src"},
    {"hashes and a nonce", "script-src '" OUR_HASH "' 'nonce-abc'", "tag nonce=abc"},
};

#undef OUR_DIGEST
#undef OUR_HASH
#undef OUR_HASH_FOR_URLS
#undef OTHER_HASH
#undef SIXTEEN_NONCES

}  // namespace aep::page::csp::test
