use AepGateway 'no_plan';

run_tests();

__DATA__

=== TEST 1: a page of another site is refused
--- more_headers
Origin: https://evil.example
Sec-Fetch-Site: cross-site
--- request
POST /ee/v1/interact
{"events":[{"xdm":{}}]}
--- error_code: 403
--- edge_gets: nothing
--- answer
status is 403
title is "Cross-site request"
--- response_headers
Content-Type: application/problem+json;charset=utf-8
X-Outcome: rejected
! Access-Control-Allow-Origin



=== TEST 2: by its origin, also where the browser does not tell the rest
--- more_headers
Origin: https://evil.example
! Sec-Fetch-Site
--- request
POST /ee/v1/interact
{"events":[{"xdm":{}}]}
--- error_code: 403
--- edge_gets: nothing
--- no_error_log
[error]



=== TEST 3: by Sec-Fetch-Site, where there is no origin
--- more_headers
! Origin
Sec-Fetch-Site: cross-site
--- request
POST /ee/v1/collect
{"events":[{"xdm":{}}]}
--- error_code: 403
--- edge_gets: nothing



=== TEST 4: names that look like the shop's
--- more_headers eval
[map { "Host: shop.example\nOrigin: https://$_" }
    'shop.example.evil.example', 'evilshop.example', 'example', 'shop.example@evil.example', 'shop.example:x',
    'shop.example/', '.shop.example', 'shop..example']
--- request eval
[("POST /ee/v1/interact\n{\"events\":[{\"xdm\":{}}]}") x 8]
--- error_code eval
[(403) x 8]
--- edge_gets: nothing
--- no_error_log
[error]



=== TEST 5: origins that are no site
--- more_headers eval
[map { "Host: shop.example\nOrigin: $_" }
    'null', 'file://', 'chrome-extension://abc', 'shop.example', '*', 'https://']
--- request eval
[("POST /ee/v1/interact\n{\"events\":[{\"xdm\":{}}]}") x 6]
--- error_code eval
[(403) x 6]
--- edge_gets: nothing



=== TEST 6: two shops under one public suffix are two sites
--- more_headers
Host: shop.co.uk
Origin: https://other.co.uk
! Sec-Fetch-Site
--- request
POST /ee/v1/interact
{"events":[{"xdm":{}}]}
--- error_code: 403
--- edge_gets: nothing
--- no_error_log
[error]



=== TEST 7: set-consent is no exception
--- more_headers
Origin: https://evil.example
Sec-Fetch-Site: cross-site
--- request
POST /ee/v1/privacy/set-consent
{"consent":[{"standard":"Adobe","version":"1.0","value":{"general":"in"}}]}
--- error_code: 403
--- edge_gets: nothing



=== TEST 8: the same host, whatever its case, port or final dot
--- more_headers eval
["Host: Shop.Example\nOrigin: https://shop.example", "Host: shop.example:8443\nOrigin: https://shop.example:8443",
    "Host: shop.example.\nOrigin: https://shop.example.", "Host: shop.example\nOrigin: http://shop.example"]
--- request eval
[("POST /ee/v1/interact\n{\"events\":[{\"xdm\":{}}]}") x 4]
--- error_code eval
[(200) x 4]



=== TEST 9: without an origin and without Sec-Fetch-Site (older browsers, same origin)
--- more_headers
! Origin
! Sec-Fetch-Site
--- request
POST /ee/v1/interact
{"events":[{"xdm":{}}]}
--- edge_gets
headers.origin absent



=== TEST 10: an address as the host, from a page at the same address only
--- more_headers eval
["Host: 192.0.2.1\nOrigin: https://192.0.2.1", "Host: 192.0.2.1\nOrigin: https://192.0.2.2",
    "Host: [2001:db8::1]\nOrigin: https://[2001:db8::1]", "Host: [2001:db8::1]\nOrigin: https://[2001:db8::2]"]
--- request eval
[("POST /ee/v1/interact\n{\"events\":[{\"xdm\":{}}]}") x 4]
--- error_code eval
[200, 403, 200, 403]
--- no_error_log
[error]



=== TEST 11: what a browser calls the page's own origin is, though a proxy in front has changed Host
--- more_headers
Host: backend.internal
--- request
POST /ee/v1/interact
{"events":[{"xdm":{}}],"meta":{"state":{"domain":"shop.example","cookiesEnabled":true}}}
--- edge_gets
headers.origin is "https://shop.example"
--- response_headers
! Access-Control-Allow-Origin
--- raw_response_headers_like: Set-Cookie: kndctr_0123456789ABCDEF01234567_AdobeOrg_cluster=or2; Path=/; Domain=shop.example;



=== TEST 12: a page that does not tell its origin (Referrer-Policy: no-referrer), where the browser does
--- more_headers
Origin: null
--- request
POST /ee/v1/interact
{"events":[{"xdm":{}}]}
--- edge_gets
path is "/ee/v1/interact"
--- response_headers
X-Outcome: delivered
! Access-Control-Allow-Origin



=== TEST 13: and where it does not
--- more_headers
Origin: null
! Sec-Fetch-Site
--- request
POST /ee/v1/interact
{"events":[{"xdm":{}}]}
--- error_code: 403
--- edge_gets: nothing



=== TEST 14: what a browser calls another site is one, though origin and host are equal
--- more_headers eval
[map { "Host: shop.example\nOrigin: $_\nSec-Fetch-Site: cross-site" } 'https://shop.example', 'http://shop.example', 'null']
--- request eval
[("POST /ee/v1/interact\n{\"events\":[{\"xdm\":{}}]}") x 3]
--- error_code eval
[(403) x 3]
--- raw_response_headers_unlike eval
[(qr/Access-Control/) x 3]
--- edge_gets: nothing



=== TEST 15: what no page has sent is not taken
--- more_headers
Sec-Fetch-Site: none
--- request
POST /ee/v1/interact
{"events":[{"xdm":{}}]}
--- error_code: 403
--- edge_gets: nothing



=== TEST 16: a page of the same site has an origin of it
--- more_headers eval
[map { "Host: data.shop.example\nOrigin: $_\nSec-Fetch-Site: same-site" }
    'https://www.shop.example', 'https://www.other.example', 'null']
--- request eval
[("POST /ee/v1/interact\n{\"events\":[{\"xdm\":{}}]}") x 3]
--- error_code eval
[200, 403, 403]
--- no_error_log
[error]
