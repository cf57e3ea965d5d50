use AepGateway 'no_plan';

run_tests();

__DATA__

=== TEST 1: an event without an ID gets one, derived from datastream, request and position
--- request
POST /ee/v1/interact?requestId=0b1c2d3e-4f50-4617-8899-aabbccddeeff
{"events":[{"xdm":{"eventType":"a"}},{"xdm":{"_id":"its-own","eventType":"b"}},{"xdm":{"eventType":"c"}}]}
--- edge_gets
body.events.0.xdm._id is "58bcef84-2efd-83cd-a2b5-dd494416e55a"
body.events.1.xdm._id is "its-own"
body.events.2.xdm._id is "da3738ca-29ea-8b9c-8c0f-bbe96d14a75b"



=== TEST 2: the same request gives the same ID, by another nginx too
--- request
POST /ee/irl1/v1/collect?requestId=0b1c2d3e-4f50-4617-8899-aabbccddeeff
{"events":[{"xdm":{"other":"things"}}]}
--- error_code: 204
--- edge_gets
body.events.0.xdm._id is "58bcef84-2efd-83cd-a2b5-dd494416e55a"



=== TEST 3: another request another one
--- request
POST /ee/v1/interact?requestId=0b1c2d3e-4f50-4617-8899-aabbccddee00
{"events":[{"xdm":{}}]}
--- edge_gets
body.events.0.xdm._id like ^(?!58bcef84)[0-9a-f-]{36}$



=== TEST 4: an event without xdm gets one
--- request
POST /ee/v1/interact?requestId=0b1c2d3e-4f50-4617-8899-aabbccddeeff
{"events":[{"data":{"a":1}}]}
--- edge_gets
body.events is [{"data":{"a":1},"xdm":{"_id":"58bcef84-2efd-83cd-a2b5-dd494416e55a"}}]



=== TEST 5: an empty ID is none
--- request
POST /ee/v1/interact?requestId=0b1c2d3e-4f50-4617-8899-aabbccddeeff
{"events":[{"xdm":{"_id":""}}]}
--- edge_gets
body.events.0.xdm._id is "58bcef84-2efd-83cd-a2b5-dd494416e55a"



=== TEST 6: a log sees the types of the events
--- request
POST /ee/v1/interact
{"events":[{"xdm":{"eventType":"commerce.purchases"}},{"xdm":{"eventType":"web.webpagedetails.pageViews"}},{"data":{}}]}
--- response_headers
X-Event-Types: commerce.purchases,web.webpagedetails.pageViews,-
