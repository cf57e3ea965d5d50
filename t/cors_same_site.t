use AepGateway 'no_plan';

# The gateway on a host of its own (edgeDomain "data.shop.example"), the page on another host of the site.

run_tests();

__DATA__

=== TEST 1: a page on another host of the site may read the answer
--- more_headers
Host: data.shop.example
Origin: https://www.shop.example
Sec-Fetch-Site: same-site
--- request
POST /ee/v1/interact
{"events":[{"xdm":{}}],"meta":{"state":{"domain":"shop.example","cookiesEnabled":true}}}
--- edge_gets
headers.origin is "https://www.shop.example"
--- response_headers
Access-Control-Allow-Origin: https://www.shop.example
Access-Control-Allow-Credentials: true
Access-Control-Expose-Headers: X-Adobe-Edge, X-Request-Id, Retry-After
Vary: Origin
--- raw_response_headers_like: Set-Cookie: kndctr_0123456789ABCDEF01234567_AdobeOrg_cluster=or2; Path=/; Domain=shop.example;



=== TEST 2: and a refusal
--- more_headers
Host: data.shop.example
Origin: https://www.shop.example:8443
Sec-Fetch-Site: same-site
--- request
POST /ee/v1/interact
[]
--- error_code: 400
--- response_headers
Access-Control-Allow-Origin: https://www.shop.example:8443
Access-Control-Allow-Credentials: true



=== TEST 3: and what is answered without Edge
--- more_headers
Host: data.shop.example
Origin: https://www.shop.example
Sec-Fetch-Site: same-site
Cookie: mg_dnt=1
--- request
POST /ee/v1/interact
{"events":[{"xdm":{}}]}
--- response_headers
X-Outcome: consent
Access-Control-Allow-Origin: https://www.shop.example



=== TEST 4: and an answer without a body
--- more_headers
Host: data.shop.example
Origin: https://www.shop.example
Sec-Fetch-Site: same-site
--- request
POST /ee/v1/collect
{"events":[{"xdm":{}}]}
--- error_code: 204
--- response_headers
Access-Control-Allow-Origin: https://www.shop.example



=== TEST 5: the page's own host needs nothing of the kind
--- request
POST /ee/v1/interact
{"events":[{"xdm":{}}]}
--- response_headers
! Access-Control-Allow-Origin
! Access-Control-Allow-Credentials
! Vary



=== TEST 6: another site gets none of it
--- more_headers
Host: data.shop.example
Origin: https://evil.example
Sec-Fetch-Site: cross-site
--- request
POST /ee/v1/interact
{"events":[{"xdm":{}}]}
--- error_code: 403
--- response_headers
! Access-Control-Allow-Origin
! Access-Control-Allow-Credentials
