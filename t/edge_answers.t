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
{"status":202,"body":{"requestId":"r","handle":[{"type":"x","payload":[]}]}}
--- request
POST /ee/v1/interact
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
{"status":200,"body":{"requestId":"r"}}
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
{"status":200,"body":{"requestId":"r","handle":{}}}
--- request
POST /ee/v1/interact?requestId=r-1
{"events":[{"xdm":{}}]}
--- answer
requestId is "r-1"
handle like ^\[



=== TEST 7: an answer that is no JSON at all
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



=== TEST 8: an empty 200
--- edge_mode
{"status":200,"body":""}
--- request
POST /ee/v1/interact?requestId=r-1
{"events":[{"xdm":{}}]}
--- answer
handle like ^\[



=== TEST 9: JSON that breaks off
--- edge_mode
{"status":200,"body":"{\"requestId\":\"r\",\"handle\":[{\"type\":\"x\"}"}
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
POST /ee/v1/interact
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
{"status":200,"body":{"requestId":"r","handle":[]}}
--- request
POST /ee/v1/privacy/set-consent
{"consent":[{"standard":"Adobe","version":"1.0","value":{"general":"out"}}],"meta":{"state":{"domain":"shop.example","cookiesEnabled":true}}}
--- response_headers
Set-Cookie: kndctr_0123456789ABCDEF01234567_AdobeOrg_consent=general=out; Path=/; Domain=shop.example; Max-Age=15552000; Secure; SameSite=None
--- answer
requestId is "r"
handle is []
