use AepGateway 'no_plan';

run_tests();

__DATA__

=== TEST 1: Adobe's cookies of the organization become state entries, decoded once; nothing else leaves
--- more_headers
Cookie: session=4e1c0a; kndctr_0123456789ABCDEF01234567_AdobeOrg_identity=CiY0MTg2MTY2NjE5MzE0MDE2MTkzNDI3Njg0NTY1MTE0ODg3Njk4OFIA%3D%3D; cart=17; kndctr_0123456789ABCDEF01234567_AdobeOrg_cluster=or2
Authorization: Bearer shop-token
Cookie2: $Version=1
X-CSRF-Token: 5ee1
X-Requested-With: XMLHttpRequest
Proxy-Authorization: Basic c2hvcA==
X-Forwarded-Host: admin.shop.example
X-Real-IP: 10.1.2.3
Forwarded: for=10.1.2.3
If-None-Match: "x"
--- request
POST /ee/v1/interact
{"events":[{"xdm":{}}],"meta":{"state":{"domain":"shop.example","cookiesEnabled":true}}}
--- edge_gets
entries is [{"key":"kndctr_0123456789ABCDEF01234567_AdobeOrg_identity","value":"CiY0MTg2MTY2NjE5MzE0MDE2MTkzNDI3Njg0NTY1MTE0ODg3Njk4OFIA=="},{"key":"kndctr_0123456789ABCDEF01234567_AdobeOrg_cluster","value":"or2"}]
cookies is []
headers.cookie absent
headers.cookie2 absent
headers.authorization absent
headers.proxy-authorization absent
headers.x-csrf-token absent
headers.x-requested-with absent
headers.x-forwarded-host absent
headers.x-real-ip absent
headers.forwarded absent
headers.if-none-match absent
text unlike secret|4e1c0a|shop-token



=== TEST 2: exactly these header members reach Edge
--- more_headers
User-Agent: Mozilla/5.0
Accept-Language: en
Referer: https://shop.example/
Sec-CH-UA: "Chromium"
Cookie: a=b
Authorization: Bearer x
Accept: */*
DNT: 1
X-Anything: else
--- request
POST /ee/v1/interact
{"events":[{"xdm":{}}]}
--- edge_gets
headers like ^\{"accept":"[^"]*","accept-encoding":"[^"]*","accept-language":"en","content-length":"\d+","content-type":"[^"]*","host":"[^"]*","origin":"https://shop.example","referer":"https://shop.example/","sec-ch-ua":"\\"Chromium\\"","user-agent":"Mozilla/5.0","x-forwarded-for":"127.0.0.1"\}$



=== TEST 3: cookies of another organization stay
--- more_headers
Cookie: kndctr_FFFFFFFFFFFFFFFFFFFFFFFF_AdobeOrg_identity=x; kndctr_0123456789ABCDEF01234567_AdobeOrg_consent=general%3Din; AMCV_0123456789ABCDEF01234567%40AdobeOrg=MCMID%7C123; s_ecid=MCMID%7C123; demdex=1; FPID=2
--- request
POST /ee/v1/interact
{"events":[{"xdm":{}}]}
--- edge_gets
entries is [{"key":"kndctr_0123456789ABCDEF01234567_AdobeOrg_consent","value":"general=in"}]



=== TEST 4: the legacy cookies of Adobe Target that are state
--- more_headers
Cookie: mbox=session#abc#1700000000; at_qa_mode=%7B%22token%22%3A1%7D; mboxed=no; xmbox=no
--- request
POST /ee/v1/interact
{"events":[{"xdm":{}}]}
--- edge_gets
entries is [{"key":"mbox","value":"session#abc#1700000000"},{"key":"at_qa_mode","value":"{\"token\":1}"}]



=== TEST 5: an entry that the page sent itself stays as it is
--- more_headers
Cookie: kndctr_0123456789ABCDEF01234567_AdobeOrg_cluster=irl1; kndctr_0123456789ABCDEF01234567_AdobeOrg_consent=general=in
--- request
POST /ee/v1/interact
{"events":[{"xdm":{}}],"meta":{"state":{"domain":"shop.example","cookiesEnabled":true,"entries":[{"key":"kndctr_0123456789ABCDEF01234567_AdobeOrg_cluster","value":"or2","scope":"DEVICE"}]}}}
--- edge_gets
body.meta.state.entries is [{"key":"kndctr_0123456789ABCDEF01234567_AdobeOrg_cluster","value":"or2","scope":"DEVICE"},{"key":"kndctr_0123456789ABCDEF01234567_AdobeOrg_consent","value":"general=in"}]



=== TEST 6: the value of a cookie cannot break out of the JSON
--- more_headers
Cookie: kndctr_0123456789ABCDEF01234567_AdobeOrg_x=%22%7D%5D%2C%22a%22%3A1%0A%5C%E2%82%AC
--- request
POST /ee/v1/interact
{"events":[{"xdm":{}}]}
--- edge_gets
entries is [{"key":"kndctr_0123456789ABCDEF01234567_AdobeOrg_x","value":"\"}],\"a\":1\n\\€"}]



=== TEST 7: a value that is no UTF-8 is left out
--- more_headers
Cookie: kndctr_0123456789ABCDEF01234567_AdobeOrg_x=%FF%FE; kndctr_0123456789ABCDEF01234567_AdobeOrg_y=1
--- request
POST /ee/v1/interact
{"events":[{"xdm":{}}]}
--- edge_gets
entries is [{"key":"kndctr_0123456789ABCDEF01234567_AdobeOrg_y","value":"1"}]



=== TEST 8: two Cookie headers, and one cookie twice: the first counts
--- more_headers
Cookie: kndctr_0123456789ABCDEF01234567_AdobeOrg_x=1; kndctr_0123456789ABCDEF01234567_AdobeOrg_x=2
Cookie: kndctr_0123456789ABCDEF01234567_AdobeOrg_y=3
--- request
POST /ee/v1/interact
{"events":[{"xdm":{}}]}
--- edge_gets
entries is [{"key":"kndctr_0123456789ABCDEF01234567_AdobeOrg_x","value":"1"},{"key":"kndctr_0123456789ABCDEF01234567_AdobeOrg_y","value":"3"}]



=== TEST 9: without a domain in the body, the page's registrable domain
--- more_headers
Host: www.shop.example.co.uk
Origin: https://www.shop.example.co.uk
--- request
POST /ee/v1/interact
{"events":[{"xdm":{}}]}
--- edge_gets
body.meta.state is {"domain":"example.co.uk","cookiesEnabled":true}



=== TEST 10: the page's own word on its domain stays
--- request
POST /ee/v1/interact
{"events":[{"xdm":{}}],"meta":{"state":{"domain":"","cookiesEnabled":false}}}
--- edge_gets
body.meta.state is {"domain":"","cookiesEnabled":false}



=== TEST 11: the placeholder ECID of zeros never reaches Edge
--- request
POST /ee/v1/interact
{"events":[{"xdm":{"eventType":"a","identityMap":{"ECID":[{"id":"00000000000000000000000000000000000000","primary":true}],"Email":[{"id":"jo"}]},"personID":"00000000000000000000000000000000000000"}}]}
--- edge_gets
body.events.0.xdm.identityMap is {"Email":[{"id":"jo"}]}
body.events.0.xdm.personID absent
text unlike 0000000000000000
