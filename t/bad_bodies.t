use AepGateway 'no_plan';

run_tests();

__DATA__

=== TEST 1: what is not JSON: the answer says where, as Edge would
--- request
POST /ee/v1/interact?requestId=r-1
{"events":[{"xdm":{"a":}}]}
--- error_code: 400
--- edge_gets: nothing
--- answer
type is "https://ns.adobe.com/aep/errors/EXEG-0101-400"
status is 400
title is "The request body is not valid JSON"
detail like at byte \d+\.$
report is {"requestId":"r-1"}
--- response_headers
Content-Type: application/problem+json;charset=utf-8
X-Outcome: rejected



=== TEST 2: all kinds of broken JSON, also in what is not changed
--- request eval
[map { "POST /ee/v1/interact\n$_" }
    '{"events":[{"xdm":{}}]', '{"events":[{"xdm":{}}]}}', '{"events":[{"xdm":{}}]} x', '{"events":[{"xdm":{}},]}',
    '{"events":[{"xdm":{"a":01}}]}', '{"events":[{"xdm":{"a":+1}}]}', '{"events":[{"xdm":{"a":.5}}]}',
    '{"events":[{"xdm":{"a":nul}}]}', '{"events":[{"xdm":{"a":NaN}}]}', "{'events':[]}",
    '{"events":[{"xdm":{"a":"\x"}}]}', '{"events":[{"xdm":{"a":"\u12g4"}}]}', "{\"events\":[{\"xdm\":{\"a\":\"\x01\"}}]}",
    "{\"events\":[{\"xdm\":{\"a\":\"\xff\"}}]}", '{"events":[{"xdm":{"a":1 "b":2}}]}', '{"a":1,"events":[{"xdm":{}}]',
    '{"events":[{"xdm":{}}],"z":[1,2', "\0", '{"events":[{"xdm":' . '[' x 30000 . ']' x 30000 . '}]}']
--- error_code eval
[(400) x 19]
--- edge_gets: nothing



=== TEST 3: an empty body
--- more_headers
Content-Length: 0
--- request
POST /ee/v1/interact
--- error_code: 400
--- answer
detail is "The body is empty, expected a JSON object."



=== TEST 4: no body at all
--- request
POST /ee/v1/interact
--- error_code: 400
--- edge_gets: nothing



=== TEST 5: JSON of the wrong shape
--- request eval
[map { "POST /ee/v1/interact\n$_" }
    '[]', '"events"', '17', 'null', 'true', '{"events":{}}', '{"events":[1]}', '{"events":[null]}',
    '{"events":[{"xdm":[]}]}', '{"events":[{"xdm":{"_id":7}}]}', '{"events":[{"xdm":{"identityMap":[]}}]}',
    '{"events":[{"xdm":{"identityMap":{"ECID":{}}}}]}', '{"events":[{"xdm":{}}],"meta":[]}',
    '{"events":[{"xdm":{}}],"meta":{"state":[]}}', '{"events":[{"xdm":{}}],"meta":{"state":{"entries":{}}}}',
    '{"events":[{"xdm":{}}],"meta":{"state":{"entries":[1]}}}', '{"events":[{"xdm":{}}],"meta":{"state":{"domain":1}}}',
    '{"events":[{"xdm":{}}],"meta":{"state":{"cookiesEnabled":"yes"}}}', '{"events":[{"xdm":{},"meta":[]}]}',
    '{"events":[{"xdm":{}}],"meta":{"state":{"entries":[{"key":"a"}]}}}', '{"events":[{"xdm":{}}],"xdm":[]}']
--- error_code eval
[(400) x 21]
--- edge_gets: nothing



=== TEST 6: it says what was found and what was expected
--- request
POST /ee/v1/interact
{"events":{"xdm":{}}}
--- error_code: 400
--- answer
type is "https://ns.adobe.com/aep/errors/EXEG-0102-400"
detail is "events is an object, expected an array."



=== TEST 7: what must be there
--- request eval
['POST /ee/v1/interact
{}', 'POST /ee/v1/interact
{"events":[]}', 'POST /ee/v1/collect
{"meta":{}}', 'POST /ee/v1/privacy/set-consent
{}', 'POST /ee/v1/privacy/set-consent
{"consent":[]}', 'POST /ee/v1/privacy/set-consent
{"consent":[{"standard":"Adobe"}]}']
--- error_code eval
[(400) x 6]
--- edge_gets: nothing



=== TEST 8: a key twice, where the gateway would look at one of the two
--- request eval
[map { "POST /ee/v1/interact\n$_" }
    '{"events":[{"xdm":{}}],"events":[{"xdm":{}}]}', '{"events":[{"xdm":{}}],"meta":{},"meta":{"sdkConfig":{}}}',
    '{"events":[{"xdm":{}}],"meta":{"state":{},"state":{}}}', '{"events":[{"xdm":{"_id":"a","_id":"b"}}]}',
    '{"events":[{"xdm":{},"xdm":{}}]}', '{"events":[{"xdm":{}}],"meta":{"configOverrides":{},"config\u004fverrides":{}}}',
    '{"events":[{"xdm":{}}],"meta":{"state":{"domain":"a","domain":"b"}}}']
--- error_code eval
[(400) x 7]
--- answer
type is "https://ns.adobe.com/aep/errors/EXEG-0101-400"
--- edge_gets: nothing



=== TEST 9: a key in another spelling is the same key
--- request
POST /ee/v1/interact
{"\u0065vents":[{"xd\u006d":{}}],"\u006deta":{"sdk\u0043onfig":{"datastream":{"original":"x"}}}}
--- edge_gets
body.meta.sdkConfig absent
body.events.0.xdm._id like ^[0-9a-f-]{36}$



=== TEST 10: a form that another site's page could send is no JSON
--- more_headers
Content-Type: text/plain
--- request
POST /ee/v1/interact
events=%5B%5D
--- error_code: 400
--- edge_gets: nothing
