use AepGateway 'no_plan';

our $interact = qq(POST /ee/v1/interact?requestId=r-1\n{"events":[{"xdm":{}}]});

# For what the stand-in cannot send: a socket that answers with fixed bytes.
our $bare_edge = <<'CONFIG';
    aep_organization_id  0123456789ABCDEF01234567@AdobeOrg;
    aep_edge             http://127.0.0.1:$TEST_NGINX_RAND_PORT_1;
CONFIG

run_tests();

__DATA__

=== TEST 1: Edge is overloaded (429): the page gets an answer that it can take
--- edge_mode
{"status":429,"retryAfter":60}
--- request eval: $::interact
--- edge_gets
path is "/ee/v1/interact"
--- error_code: 200
--- answer
requestId is "r-1"
handle like ^\[
--- response_headers
Content-Type: application/json;charset=utf-8
X-Outcome: queued
! Retry-After
--- error_log
Edge does not take a request (interact) for datastream "ebebf826-a01f-4458-8cec-ef61de241c93": Edge answered 429; it is kept for later (0 more not logged)



=== TEST 2: Edge is away (502)
--- edge_mode
{"status":502}
--- request eval: $::interact
--- error_code: 200
--- response_headers
X-Outcome: queued
--- error_log
Edge answered 502; it is kept for later



=== TEST 3: Edge is away (503)
--- edge_mode
{"status":503,"retryAfter":3600}
--- request eval: $::interact
--- error_code: 200
--- response_headers
X-Outcome: queued
! Retry-After
--- error_log
Edge answered 503; it is kept for later



=== TEST 4: Edge is away (504)
--- edge_mode
{"status":504}
--- request eval: $::interact
--- error_code: 200
--- response_headers
X-Outcome: queued
--- error_log
Edge answered 504; it is kept for later



=== TEST 5: Edge has a fault (500)
--- edge_mode
{"status":500}
--- request eval: $::interact
--- error_code: 200
--- response_headers
X-Outcome: queued
--- error_log
Edge answered 500; it is kept for later



=== TEST 6: a redirect is no answer of Edge's, and is not followed
--- edge_mode
{"status":302,"headers":{"location":"/ee/v1/interact?elsewhere"}}
--- request eval: $::interact
--- edge_gets
query.requestId is "r-1"
--- error_code: 200
--- response_headers
X-Outcome: queued
! Location
--- error_log
Edge answered 302; it is kept for later



=== TEST 7: Edge resets the connection
--- edge_mode
{"reset":true}
--- request eval: $::interact
--- error_code: 200
--- answer
handle like ^\[
--- response_headers
X-Outcome: queued
--- error_log
it is kept for later



=== TEST 8: Edge breaks off in the middle of its answer
--- edge_mode
{"reset":"body"}
--- request eval: $::interact
--- error_code: 200
--- response_headers
X-Outcome: queued
--- error_log
it is kept for later



=== TEST 9: an answer that is too large: Edge has the event, so it is not sent again
--- http_config eval: $::bare_edge
--- tcp_listen: $TEST_NGINX_RAND_PORT_1
--- tcp_reply eval
"HTTP/1.1 200 OK\r\nContent-Length: 1100000\r\n\r\n{" . ' ' x 1_099_999
--- request eval: $::interact
--- error_code: 200
--- answer
handle like ^\[
--- response_headers
X-Outcome: delivered
--- no_error_log
it is kept for later



=== TEST 10: what answers is no HTTP server
--- http_config eval: $::bare_edge
--- tcp_listen: $TEST_NGINX_RAND_PORT_1
--- tcp_reply: 220 mail.example ESMTP
--- request eval: $::interact
--- error_code: 200
--- response_headers
X-Outcome: queued
--- error_log
it is kept for later



=== TEST 11: a beacon does not notice
--- edge_mode
{"status":503}
--- request
POST /ee/v1/collect
{"events":[{"xdm":{}}]}
--- edge_gets
path is "/ee/v1/collect"
--- error_code: 204
--- response_headers
X-Outcome: queued
--- error_log
Edge does not take a request (collect) for datastream "ebebf826-a01f-4458-8cec-ef61de241c93": Edge answered 503; it is kept for later



=== TEST 12: Edge refuses an event (400): its answer goes to the page, and advice to the log
--- edge_mode
{"status":400,"contentType":"application/problem+json","body":"{ \"type\" : \"https://ns.adobe.com/aep/errors/EXEG-0003-400\", \"n\":1.0 }"}
--- request eval: $::interact
--- error_code: 400
--- response_headers
Content-Type: application/problem+json;charset=utf-8
X-Content-Type-Options: nosniff
X-Outcome: rejected
--- response_body chomp
{ "type" : "https://ns.adobe.com/aep/errors/EXEG-0003-400", "n":1.0 }
--- error_log
[error]
Edge refused a request (interact) for datastream "ebebf826-a01f-4458-8cec-ef61de241c93" with 400 EXEG-0003-400: this datastream does not exist: compare "aep_datastream_id" with the ID under Data Collection, Datastreams



=== TEST 13: other refusals name where to look, too
--- edge_mode
{"status":403}
--- request eval: $::interact
--- error_code: 403
--- response_headers
X-Outcome: rejected
--- error_log
Edge refused a request (interact) for datastream "ebebf826-a01f-4458-8cec-ef61de241c93" with 403



=== TEST 14: what an operator has to repair (422)
--- edge_mode
{"status":422}
--- request eval: $::interact
--- error_code: 422
--- response_headers
X-Outcome: rejected
--- error_log
with 422
under Data Collection, Datastreams



=== TEST 15: a refusal without a body
--- edge_mode
{"status":404,"body":""}
--- request eval: $::interact
--- error_code: 404
--- response_headers
Content-Type: application/problem+json;charset=utf-8
--- answer
status is 404
title is "Refused by the Edge Network"
report.requestId is "r-1"
--- error_log
with 404



=== TEST 16: a refusal cannot put a line into the page's header or the log
--- edge_mode
{"status":400,"contentType":"text/plain","body":"EXEG-\n[alert] no \u0000","headers":{"x-request-id":"a"}}
--- request eval: $::interact
--- error_code: 400
--- response_headers
X-Request-Id: a
--- error_log
with 400: look at the datastream
--- no_error_log
[alert] no



=== TEST 17: a refusal's media type cannot, either: newer libcurls take such a header for no answer at all
--- http_config eval: $::bare_edge
--- tcp_listen: $TEST_NGINX_RAND_PORT_1
--- tcp_reply eval
"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\rSet-Cookie: stolen=1\r\n" .
"X-Request-Id: a\rSet-Cookie: stolen=2\r\nContent-Length: 2\r\n\r\nno"
--- request eval: $::interact
--- error_code_like: ^(?:400|200)$
--- raw_response_headers_unlike: stolen
--- error_log eval
qr/with 400: look at the datastream|it is kept for later/



=== TEST 18: refused identity/acquire
--- edge_mode
{"status":400}
--- request
POST /ee/v1/identity/acquire
{}
--- error_code: 400
--- error_log
Edge refused a request (identity/acquire)



=== TEST 19: a refusal that is too large is a refusal
--- http_config eval: $::bare_edge
--- tcp_listen: $TEST_NGINX_RAND_PORT_1
--- tcp_reply eval
"HTTP/1.1 400 Bad Request\r\nContent-Length: 1100000\r\n\r\n" . ' ' x 1_100_000
--- request eval: $::interact
--- error_code: 400
--- response_headers
X-Outcome: rejected
--- answer
status is 400
title is "Refused by the Edge Network"
--- error_log
with 400



=== TEST 20: a page that a middlebox sends instead never reaches the shop's own origin
--- edge_mode
{"status":403,"contentType":"text/html","body":"<script>alert(document.cookie)</script>"}
--- request eval: $::interact
--- error_code: 403
--- response_headers
Content-Type: application/problem+json;charset=utf-8
X-Content-Type-Options: nosniff
X-Outcome: rejected
--- answer
status is 403
title is "Refused by the Edge Network"
--- error_log
with 403



=== TEST 21: nor what says no type, or another one of XML
--- edge_mode
{"status":400,"contentType":"image/svg+xml","body":"<svg onload='alert(1)'/>"}
--- request eval: $::interact
--- error_code: 400
--- response_headers
Content-Type: application/problem+json;charset=utf-8
--- response_body_unlike: svg
--- error_log
with 400



=== TEST 22: JSON of other kinds passes as JSON
--- edge_mode
{"status":422,"contentType":"Application/JSON; charset=iso-8859-1","body":"{\"a\":1}"}
--- request eval: $::interact
--- error_code: 422
--- response_headers
Content-Type: application/json;charset=utf-8
X-Content-Type-Options: nosniff
--- response_body chomp
{"a":1}
--- error_log
with 422
