use AepGateway 'no_plan';

# One answer of Edge's with state of all kinds.
our $state = q({"handle":[
    {"type":"identity:result","payload":[{"id":"41861666193140161934276845651148876988","namespace":{"code":"ECID"}}]},
    {"type":"state:store","payload":[
        {"key":"kndctr_0123456789ABCDEF01234567_AdobeOrg_identity","value":"CiY0MTg2==","maxAge":34128000,"attrs":{"SameSite":"None"}},
        {"key":"kndctr_0123456789ABCDEF01234567_AdobeOrg_cluster","value":"or2","maxAge":1800},
        {"key":"kndctr_0123456789ABCDEF01234567_AdobeOrg_personalization","value":"a;b, \"c\" 100%"}]},
    {"type":"locationHint:result","payload":[{"scope":"EdgeNetwork","hint":"or2","ttlSeconds":1800}]}]});

sub mode { return '{"status":200,"body":' . (shift // $state) =~ s/\s*\n\s*//gr . '}' }

run_tests();

__DATA__

=== TEST 1: state becomes first-party cookies, and leaves the body
--- edge_mode eval: ::mode()
--- request
POST /ee/v1/interact
{"events":[{"xdm":{}}],"meta":{"state":{"domain":"shop.example","cookiesEnabled":true}}}
--- raw_response_headers_like
Set-Cookie: kndctr_0123456789ABCDEF01234567_AdobeOrg_identity=CiY0MTg2==; Path=/; Domain=shop\.example; Max-Age=34128000; Secure; SameSite=None\r
Set-Cookie: kndctr_0123456789ABCDEF01234567_AdobeOrg_cluster=or2; Path=/; Domain=shop\.example; Max-Age=1800; Secure; SameSite=Lax\r
Set-Cookie: kndctr_0123456789ABCDEF01234567_AdobeOrg_personalization=a%3Bb%2C%20%22c%22%20100%25; Path=/; Domain=shop\.example; Secure; SameSite=Lax\r
--- answer
handle is [{"type":"identity:result","payload":[{"id":"41861666193140161934276845651148876988","namespace":{"code":"ECID"}}]},{"type":"locationHint:result","payload":[{"scope":"EdgeNetwork","hint":"or2","ttlSeconds":1800}]}]



=== TEST 2: alloy must be able to read them
--- edge_mode eval: ::mode()
--- request
POST /ee/v1/interact
{"events":[{"xdm":{}}],"meta":{"state":{"domain":"shop.example","cookiesEnabled":true}}}
--- raw_response_headers_unlike: (?i)httponly



=== TEST 3: for the registrable domain, from any host of it
--- edge_mode eval: ::mode()
--- more_headers
Host: www.shop.example.co.uk
Origin: https://www.shop.example.co.uk
--- request
POST /ee/v1/interact
{"events":[{"xdm":{}}],"meta":{"state":{"domain":"example.co.uk","cookiesEnabled":true}}}
--- raw_response_headers_like: Domain=example\.co\.uk; Max-Age=1800



=== TEST 4: for a public suffix never
--- edge_mode eval: ::mode()
--- more_headers
Host: shop.co.uk
Origin: https://shop.co.uk
--- request
POST /ee/v1/interact
{"events":[{"xdm":{}}],"meta":{"state":{"domain":"co.uk","cookiesEnabled":true}}}
--- response_headers
! Set-Cookie
--- answer
handle.1.type is "state:store"
handle.1.payload.2.value is "a;b, \"c\" 100%"



=== TEST 5: for a host below the registrable domain not either
--- edge_mode eval: ::mode()
--- more_headers
Host: www.shop.example
Origin: https://www.shop.example
--- request
POST /ee/v1/interact
{"events":[{"xdm":{}}],"meta":{"state":{"domain":"www.shop.example","cookiesEnabled":true}}}
--- response_headers
! Set-Cookie
--- answer
handle.1.type is "state:store"



=== TEST 6: for another site never
--- edge_mode eval: ::mode()
--- request
POST /ee/v1/interact
{"events":[{"xdm":{}}],"meta":{"state":{"domain":"other.example","cookiesEnabled":true}}}
--- response_headers
! Set-Cookie
--- answer
handle.1.type is "state:store"



=== TEST 7: the domain cannot carry anything else into the header
--- edge_mode eval: ::mode()
--- request
POST /ee/v1/interact
{"events":[{"xdm":{}}],"meta":{"state":{"domain":"shop.example; HttpOnly\r\nX: y","cookiesEnabled":true}}}
--- response_headers
! Set-Cookie
! X



=== TEST 8: it comes from the page's origin, never from Host
--- edge_mode eval: ::mode()
--- more_headers
! Origin
--- request
POST /ee/v1/interact
{"events":[{"xdm":{}}],"meta":{"state":{"domain":"shop.example","cookiesEnabled":true}}}
--- response_headers
! Set-Cookie
--- answer
handle.1.type is "state:store"



=== TEST 9: where cookies are disabled, state stays in the body
--- edge_mode eval: ::mode()
--- request
POST /ee/v1/interact
{"events":[{"xdm":{}}],"meta":{"state":{"domain":"shop.example","cookiesEnabled":false}}}
--- response_headers
! Set-Cookie
--- answer
handle.1.type is "state:store"



=== TEST 10: on localhost, too
--- edge_mode eval: ::mode()
--- more_headers
Host: localhost
Origin: https://localhost
--- request
POST /ee/v1/interact
{"events":[{"xdm":{}}],"meta":{"state":{"domain":"","cookiesEnabled":true}}}
--- response_headers
! Set-Cookie
--- answer
handle.1.type is "state:store"



=== TEST 11: state that is not Adobe's for this organization stays in the body
--- edge_mode
{"status":200,"body":{"handle":[{"type":"state:store","payload":[{"key":"session","value":"x"},{"key":"kndctr_FFFFFFFFFFFFFFFFFFFFFFFF_AdobeOrg_identity","value":"y"},{"key":"kndctr_0123456789ABCDEF01234567_AdobeOrg_cluster","value":"or2"}]}]}}
--- request
POST /ee/v1/interact
{"events":[{"xdm":{}}],"meta":{"state":{"domain":"shop.example","cookiesEnabled":true}}}
--- response_headers
Set-Cookie: kndctr_0123456789ABCDEF01234567_AdobeOrg_cluster=or2; Path=/; Domain=shop.example; Secure; SameSite=Lax
--- answer
handle is [{"type":"state:store","payload":[{"key":"session","value":"x"},{"key":"kndctr_FFFFFFFFFFFFFFFFFFFFFFFF_AdobeOrg_identity","value":"y"}]}]



=== TEST 12: a value with a line end stays in the body
--- edge_mode
{"status":200,"body":{"handle":[{"type":"state:store","payload":[{"key":"kndctr_0123456789ABCDEF01234567_AdobeOrg_cluster","value":"or2\r\nX: y"}]}]}}
--- request
POST /ee/v1/interact
{"events":[{"xdm":{}}],"meta":{"state":{"domain":"shop.example","cookiesEnabled":true}}}
--- response_headers
! Set-Cookie
! X
--- answer
handle.0.payload.0.value is "or2\r\nX: y"



=== TEST 13: Edge's own Set-Cookie stays with us
--- edge_mode
{"status":200,"headers":{"set-cookie":"demdex=1; Domain=.demdex.net"},"body":{"handle":[]}}
--- request
POST /ee/v1/interact
{"events":[{"xdm":{}}],"meta":{"state":{"domain":"shop.example","cookiesEnabled":true}}}
--- response_headers
! Set-Cookie
--- answer
handle is []



=== TEST 14: what is not state stays as it came, byte for byte
--- edge_mode
{"status":200,"body":"{ \"requestId\" : \"r\", \"handle\" : [ {\"type\":\"x\", \"payload\":[ 19.990, 1e400, 41861666193140161934276845651148876988 ] } , {\"type\":\"state:store\",\"payload\":[{\"key\":\"kndctr_0123456789ABCDEF01234567_AdobeOrg_cluster\",\"value\":\"or2\"}]}, {\"type\":\"y\",\"payload\":[\"\\u2603 \\/\"]} ], \"warnings\":[ ] }"}
--- request
POST /ee/v1/interact?requestId=r
{"events":[{"xdm":{}}],"meta":{"state":{"domain":"shop.example","cookiesEnabled":true}}}
--- response_body chomp
{ "requestId" : "r", "handle" : [ {"type":"x", "payload":[ 19.990, 1e400, 41861666193140161934276845651148876988 ] }, {"type":"y","payload":["\u2603 \/"]} ], "warnings":[ ] }
--- response_headers
Set-Cookie: kndctr_0123456789ABCDEF01234567_AdobeOrg_cluster=or2; Path=/; Domain=shop.example; Secure; SameSite=Lax



=== TEST 15: without a queue a beacon waits for Edge, whose answer brings cookies as well
--- http
aep_queue off;
--- edge_mode
{"action":"collect","status":200,"body":{"handle":[{"type":"state:store","payload":[{"key":"kndctr_0123456789ABCDEF01234567_AdobeOrg_cluster","value":"or2"}]}]}}
--- request
POST /ee/v1/collect
{"events":[{"xdm":{}}],"meta":{"state":{"domain":"shop.example","cookiesEnabled":true}}}
--- response_headers
Set-Cookie: kndctr_0123456789ABCDEF01234567_AdobeOrg_cluster=or2; Path=/; Domain=shop.example; Secure; SameSite=Lax



=== TEST 16: Edge cannot fill the header: a cookie for each key, the last, and only for keys that alloy knows
--- edge_mode eval
::mode('{"handle":[{"type":"state:store","payload":[' . CORE::join(',',
    map(qq({"key":"kndctr_0123456789ABCDEF01234567_AdobeOrg_cluster","value":"$_"}), 1 .. 150),
    map(qq({"key":"kndctr_0123456789ABCDEF01234567_AdobeOrg_x$_","value":"1"}), 1 .. 150)) . ']}]}')
--- request
POST /ee/v1/interact
{"events":[{"xdm":{}}],"meta":{"state":{"domain":"shop.example","cookiesEnabled":true}}}
--- response_headers
Set-Cookie: kndctr_0123456789ABCDEF01234567_AdobeOrg_cluster=150; Path=/; Domain=shop.example; Secure; SameSite=Lax
--- answer
handle.0.payload.0.key is "kndctr_0123456789ABCDEF01234567_AdobeOrg_x1"
handle.0.payload.149.key is "kndctr_0123456789ABCDEF01234567_AdobeOrg_x150"
