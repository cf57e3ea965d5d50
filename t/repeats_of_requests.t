# What a variable repeats of a request may go into a log line or a header.

use AepGateway 'no_plan';

our @views = ({ xdm => { eventType => 'web.webpagedetails.pageViews' } }) x 400;

run_tests();

__DATA__

=== TEST 1: types of events are told as they are
--- request
POST /ee/v1/interact
{"events":[{"xdm":{"eventType":"commerce.productViews"}},{"xdm":{}},{"xdm":{"eventType":"shop_own.type-2"}}]}
--- response_headers
X-Event-Types: commerce.productViews,-,shop_own.type-2



=== TEST 2: a type cannot put a line into a header
--- request
POST /ee/v1/interact
{"events":[{"xdm":{"eventType":"a\r\nSet-Cookie: stolen=1"}}]}
--- response_headers
X-Event-Types: a??Set-Cookie??stolen?1
--- raw_response_headers_unlike: \nSet-Cookie: stolen



=== TEST 3: nor anything that is not of a type
--- request
POST /ee/v1/interact
{"events":[{"xdm":{"eventType":"a,\"\u001b[2J\u00e9<b>"}}]}
--- response_headers
X-Event-Types: a????2J???b?



=== TEST 4: many types are cut to 1 KB, between two of them
--- request eval
"POST /ee/v1/interact\n" . JSON::PP::encode_json({ events => \@::views })
--- raw_response_headers_like
X-Event-Types: (?:web\.webpagedetails\.pageViews,){35}\xE2\x80\xA6\r



=== TEST 5: and a type that is longer than that
--- request eval
"POST /ee/v1/interact\n" . JSON::PP::encode_json({ events => [{ xdm => { eventType => 'x' x 60_000 } }] })
--- raw_response_headers_like
X-Event-Types: \xE2\x80\xA6\r
