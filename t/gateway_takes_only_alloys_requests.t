use AepGateway 'no_plan';

run_tests();

__DATA__

=== TEST 1: an action that alloy does not know
--- request
POST /ee/v1/interacts
{"events":[{"xdm":{}}]}
--- error_code: 404
--- edge_gets: nothing
--- answer
type is "about:blank"
status is 404
title is "Not found"
--- response_headers
Content-Type: application/problem+json;charset=utf-8
X-Outcome: rejected



=== TEST 2: no path out of the actions
--- request eval
[map { "POST $_\n{\"events\":[{\"xdm\":{}}]}" }
    '/ee/', '/ee/v1', '/ee/v1/', '/ee/v2/interact', '/ee/or2/or2/v1/interact', '/ee/OR2/v1/interact',
    '/ee/v1/v1/interact', '/ee/va/va/v1/ping', '/ee/va/v1/interact', '/ee/va/v1/sessionStart', '/ee/v1/interact/',
    '/ee/v1/interact/x', '/ee//v1/../v2/interact', '/ee/v1/%2e%2e/v2/interact', '/ee/brand-concierge/conversations',
    '/ee/or2%2fx/v1/interact', '/ee/or2%00/v1/interact', '/ee/v1/identity', '/ee/v1/interact%3fx']
--- error_code eval
[(404) x 16, 400, (404) x 2]
--- edge_gets: nothing



=== TEST 3: other methods
--- request eval
["GET /ee/v1/interact", "OPTIONS /ee/v1/interact", "PUT /ee/v1/interact\n{}", "DELETE /ee/v1/collect",
    "PATCH /ee/v1/interact\n{}"]
--- error_code eval
[(405) x 5]
--- response_headers eval
[("Allow: POST") x 5]
--- answer
status is 405
title is "Method not allowed"
--- edge_gets: nothing



=== TEST 4: HEAD gets the same, without a body
--- request
HEAD /ee/v1/interact
--- error_code: 405
--- response_headers
Allow: POST
--- response_body:
--- edge_gets: nothing



=== TEST 5: a request ID that is none
--- request eval
[map { "POST /ee/v1/interact?requestId=$_\n{\"events\":[{\"xdm\":{}}]}" }
    'a%20b', 'a%0d%0aX:y', 'a/b', 'x' x 65, 'a?b', '%C3%A9', 'a.b']
--- error_code eval
[(400) x 7]
--- answer
status is 400
title is "Invalid query argument"
--- edge_gets: nothing



=== TEST 6: a token of an Assurance session that is none
--- request eval
[map { "POST /ee/v1/interact?adobeAepValidationToken=$_\n{\"events\":[{\"xdm\":{}}]}" }
    'a"b', 'a/b', 'x' x 257, 'a=b', 'a?b']
--- error_code eval
[(400) x 5]



=== TEST 7: a content type that Edge does not take
--- more_headers eval
[map { "Host: shop.example\nContent-Type: $_" }
    'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'image/png', 'json']
--- request eval
[("POST /ee/v1/interact\n{\"events\":[{\"xdm\":{}}]}") x 4]
--- error_code eval
[(415) x 4]
--- answer
type is "https://ns.adobe.com/aep/errors/EXEG-0111-415"
status is 415
--- edge_gets: nothing



=== TEST 8: a refusal says which request it is about
--- request
POST /ee/v1/interact?requestId=0b1c2d3e-4f50
[]
--- error_code: 400
--- answer
report.requestId is "0b1c2d3e-4f50"



=== TEST 9: a refused request leaves its connection usable
--- pipelined_requests eval
["POST /ee/nothing\n{\"events\":[{\"xdm\":{}}]}", "POST /ee/v1/collect\n{\"events\":[{\"xdm\":{}}]}"]
--- error_code eval
[404, 204]
