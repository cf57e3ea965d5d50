use AepGateway 'no_plan';

# alloy waits as long as Retry-After says, with all that the page has to send.

run_tests();

__DATA__

=== TEST 1: an hour becomes seconds
--- edge_mode
{"status":403,"retryAfter":3600}
--- request
POST /ee/v1/interact
{"events":[{"xdm":{}}]}
--- error_code: 403
--- response_headers
Retry-After: 3
--- error_log
with 403



=== TEST 2: so does a date
--- edge_mode
{"status":403,"retryAfter":{"date":86400}}
--- request
POST /ee/v1/interact
{"events":[{"xdm":{}}]}
--- error_code: 403
--- response_headers
Retry-After: 3
--- error_log
with 403



=== TEST 3: what is small stays
--- edge_mode
{"status":403,"retryAfter":2}
--- request
POST /ee/v1/interact
{"events":[{"xdm":{}}]}
--- error_code: 403
--- response_headers
Retry-After: 2
--- error_log
with 403



=== TEST 4: what is no time is not passed on as it is
--- edge_mode
{"status":403,"retryAfter":"soon"}
--- request
POST /ee/v1/interact
{"events":[{"xdm":{}}]}
--- error_code: 403
--- response_headers
Retry-After: 1
--- error_log
with 403



=== TEST 5: the same on a success
--- edge_mode
{"status":200,"retryAfter":600}
--- request
POST /ee/v1/interact
{"events":[{"xdm":{}}]}
--- response_headers
Retry-After: 3
X-Outcome: delivered



=== TEST 6: an answer without Edge asks for no repeat: the page has its answer
--- edge_mode
{"status":503,"retryAfter":3600}
--- request
POST /ee/v1/interact
{"events":[{"xdm":{}}]}
--- error_code: 200
--- response_headers
! Retry-After
--- error_log
Edge answered 503
