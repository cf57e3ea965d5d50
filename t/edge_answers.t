use AepGateway 'no_plan';

run_tests();

__DATA__

=== TEST 1: partly done (207) is Edge's answer as any other
--- edge_mode
{"status":207}
--- request
POST /ee/v1/interact
{"events":[{"xdm":{}}]}
--- error_code: 207
--- answer
errors.0.type like EXEG-0201-503
handle.0.type is "locationHint:result"
--- response_headers
X-Outcome: delivered



=== TEST 2: nothing to say (204)
--- edge_mode
{"status":204}
--- request
POST /ee/v1/interact
{"events":[{"xdm":{}}]}
--- error_code: 204
--- response_headers
X-Outcome: delivered
! Content-Type
! Content-Length



=== TEST 3: alloy takes a 202 for a failure, so it gets none
--- edge_mode
{"status":202,"body":{"requestId":"r-1-a","handle":[{"type":"x","payload":[]}]}}
--- request
POST /ee/v1/interact?requestId=r-1
{"events":[{"xdm":{}}]}
--- error_code: 200
--- answer
handle.0.type is "x"
--- response_headers
X-Outcome: delivered



=== TEST 4: a 202 without handles becomes an answer with them
--- edge_mode
{"status":202}
--- request
POST /ee/v1/interact?requestId=r-1
{"events":[{"xdm":{}}]}
--- error_code: 200
--- answer
requestId is "r-1"
handle like ^\[
--- response_headers
X-Outcome: delivered



=== TEST 5: so does a success that is no answer alloy would take
--- edge_mode
{"status":200,"body":{"requestId":"r-1-a"}}
--- request
POST /ee/v1/interact?requestId=r-1
{"events":[{"xdm":{}}]}
--- answer
requestId is "r-1"
handle like ^\[
--- response_headers
X-Outcome: delivered



=== TEST 6: handles that are no array
--- edge_mode
{"status":200,"body":{"requestId":"r-1-a","handle":{}}}
--- request
POST /ee/v1/interact?requestId=r-1
{"events":[{"xdm":{}}]}
--- answer
requestId is "r-1"
handle like ^\[



=== TEST 7: a page in place of an answer is none: the event is kept
--- edge_mode
{"status":200,"contentType":"text/html","body":"<html>Sign in to the hotel's network</html>"}
--- request
POST /ee/v1/interact?requestId=r-1
{"events":[{"xdm":{}}]}
--- answer
requestId is "r-1"
handle like ^\[
--- response_headers
Content-Type: application/json;charset=utf-8
X-Outcome: queued
--- error_log: the answer is not Edge's: 200 with text/html, expected a JSON object; look for what



=== TEST 8: so is an empty one where handles are owed
--- edge_mode
{"status":200,"body":""}
--- request
POST /ee/v1/interact?requestId=r-1
{"events":[{"xdm":{}}]}
--- answer
handle like ^\[
--- response_headers
X-Outcome: queued
--- error_log: the answer is not Edge's: 200 with no body, expected a JSON object



=== TEST 9: JSON that breaks off
--- edge_mode
{"status":200,"body":"{\"requestId\":\"r-1\",\"handle\":[{\"type\":\"x\"}"}
--- request
POST /ee/v1/interact?requestId=r-1
{"events":[{"xdm":{}}]}
--- answer
requestId is "r-1"



=== TEST 10: a compressed answer
--- edge_mode
{"gzip":true}
--- request
POST /ee/v1/interact
{"events":[{"xdm":{}}],"query":{"identity":{"fetch":["ECID"]}}}
--- edge_gets
headers.accept-encoding like gzip
--- answer
handle.0.type is "identity:result"
--- response_headers
! Content-Encoding



=== TEST 11: an answer in chunks
--- edge_mode
{"chunked":true}
--- request
POST /ee/v1/interact
{"events":[{"xdm":{}}],"query":{"identity":{"fetch":["ECID"]}}}
--- answer
handle.0.type is "identity:result"
--- response_headers
! Transfer-Encoding



=== TEST 12: warnings and errors of a success go on to the page
--- edge_mode
{"status":200,"body":"{\"requestId\":\"r\",\"handle\":[],\"warnings\":[{\"type\":\"https://ns.adobe.com/aep/errors/EXEG-0301-200\"}],\"errors\":[{\"status\":503}]}"}
--- request
POST /ee/v1/interact?requestId=r
{"events":[{"xdm":{}}]}
--- response_body chomp
{"requestId":"r","handle":[],"warnings":[{"type":"https://ns.adobe.com/aep/errors/EXEG-0301-200"}],"errors":[{"status":503}]}



=== TEST 13: acquire without a body in Edge's answer: alloy needs an identity
--- edge_mode
{"status":204}
--- request
POST /ee/v1/identity/acquire
{"query":{"identity":{"fetch":["ECID"]}}}
--- error_code: 200
--- answer
handle.0.type is "identity:result"
handle.0.payload.0.id like ^\d{38}$



=== TEST 14: set-consent whose answer brings no consent cookie: alloy would wait for ever
--- edge_mode
{"status":200,"body":{"handle":[]}}
--- request
POST /ee/v1/privacy/set-consent
{"consent":[{"standard":"Adobe","version":"1.0","value":{"general":"out"}}],"meta":{"state":{"domain":"shop.example","cookiesEnabled":true}}}
--- response_headers
Set-Cookie: kndctr_0123456789ABCDEF01234567_AdobeOrg_consent=general=out; Path=/; Domain=shop.example; Max-Age=15552000; Secure; SameSite=None
--- answer
handle is []



=== TEST 15: an answer to another request goes to nobody, and the event is kept
--- edge_mode
{"status":200,"headers":{"x-adobe-edge":"OR2;9"},"body":{"requestId":"r-2-a","handle":[{"type":"state:store","payload":[{"key":"kndctr_0123456789ABCDEF01234567_AdobeOrg_identity","value":"CiY0MTg2==","maxAge":34128000}]}]}}
--- request
POST /ee/v1/interact?requestId=r-1
{"events":[{"xdm":{}}],"meta":{"state":{"domain":"shop.example","cookiesEnabled":true}}}
--- answer
requestId is "r-1"
--- response_headers
X-Outcome: queued
! X-Adobe-Edge
--- response_body_unlike: CiY0MTg2
--- raw_response_headers_unlike: CiY0MTg2
--- error_log: the answer belongs to another request, with the ID "r-2-a"; its connection is closed



=== TEST 16: an error that belongs to another request goes to nobody either
--- edge_mode
{"status":400,"contentType":"application/problem+json","body":{"status":400,"report":{"requestId":"r-2-a"}}}
--- request
POST /ee/v1/interact?requestId=r-1
{"events":[{"xdm":{}}]}
--- error_code: 200
--- answer
requestId is "r-1"
--- response_headers
X-Outcome: queued
--- error_log: the answer belongs to another request, with the ID "r-2-a"



=== TEST 17: a page in place of the answer to a beacon that waits for it
--- http
aep_queue off;
--- edge_mode
{"action":"collect","status":200,"contentType":"text/html","body":"<html>Sign in to the hotel's network</html>"}
--- request
POST /ee/v1/collect?requestId=r-1
{"events":[{"xdm":{}}]}
--- error_code: 503
--- error_log: the answer is not Edge's: 200 with text/html



=== TEST 18: a page in place of an identity
--- edge_mode
{"status":200,"contentType":"text/html","body":"<html>Sign in to the hotel's network</html>"}
--- request
POST /ee/v1/identity/acquire?requestId=r-1
{"query":{"identity":{"fetch":["ECID"]}}}
--- error_code: 200
--- answer
handle.0.type is "identity:result"
--- response_headers
X-Outcome: local
--- error_log: the answer is not Edge's: 200 with text/html



=== TEST 19: a page in place of the answer to a decision
--- edge_mode
{"status":200,"contentType":"text/html","body":"<html>Sign in to the hotel's network</html>"}
--- request
POST /ee/v1/privacy/set-consent?requestId=r-1
{"consent":[{"standard":"Adobe","version":"1.0","value":{"general":"in"}}]}
--- error_code: 200
--- response_headers
X-Outcome: queued
--- error_log: the answer is not Edge's: 200 with text/html
