use AepGateway 'no_plan';

run_tests();

__DATA__

=== TEST 1: an event reaches Edge, and Edge's answer the page
--- request
POST /ee/v1/interact?configId=ebebf826-a01f-4458-8cec-ef61de241c93&requestId=0b1c2d3e-4f50-4617-8899-aabbccddeeff
{"events":[{"xdm":{"_id":"e1","eventType":"commerce.productListAdds"}}],"query":{"identity":{"fetch":["ECID"]}}}
--- edge_gets
method is "POST"
path is "/ee/v1/interact"
query is {"configId":"ebebf826-a01f-4458-8cec-ef61de241c93","requestId":"0b1c2d3e-4f50-4617-8899-aabbccddeeff"}
body.events is [{"xdm":{"_id":"e1","eventType":"commerce.productListAdds"}}]
body.query is {"identity":{"fetch":["ECID"]}}
--- answer
requestId like ^0b1c2d3e-4f50-4617-8899-aabbccddeeff-
handle.0.type is "identity:result"
handle.0.payload.0.id like ^\d{38}$
--- response_headers
Content-Type: application/json;charset=utf-8
Cache-Control: no-cache, no-store, max-age=0, no-transform, private
X-Content-Type-Options: nosniff
X-Adobe-Edge: OR2;9
X-Outcome: delivered
X-Event-Types: commerce.productListAdds
! Access-Control-Allow-Origin
! X-Konductor
! Strict-Transport-Security



=== TEST 2: a beacon's events are sent as collect
--- request
POST /ee/v1/collect?requestId=0b1c2d3e-4f50-4617-8899-aabbccddeeff
{"events":[{"xdm":{"eventType":"web.webinteraction.linkClicks"}},{"xdm":{}}]}
--- edge_gets
path is "/ee/v1/collect"
body.events.0.xdm.eventType is "web.webinteraction.linkClicks"
--- error_code: 204
--- response_headers
X-Outcome: delivered
X-Event-Types: web.webinteraction.linkClicks,-
! Content-Type



=== TEST 3: the location hint stays in the path
--- request
POST /ee/or2/v1/interact
{"events":[{"xdm":{}}]}
--- edge_gets
path is "/ee/or2/v1/interact"
hint is "or2"



=== TEST 4: identity/acquire
--- request
POST /ee/v1/identity/acquire
{"query":{"identity":{"fetch":["ECID"]}}}
--- edge_gets
path is "/ee/v1/identity/acquire"
--- answer
handle.0.payload.0.namespace.code is "ECID"



=== TEST 5: privacy/set-consent
--- request
POST /ee/irl1/v1/privacy/set-consent
{"consent":[{"standard":"Adobe","version":"1.0","value":{"general":"in"}}]}
--- edge_gets
path is "/ee/irl1/v1/privacy/set-consent"
body.consent.0.value.general is "in"
--- response_headers
X-Outcome: delivered



=== TEST 6: streaming media
--- request
POST /ee/va/v1/sessionComplete
{"events":[{"xdm":{"eventType":"media.sessionComplete"}}]}
--- edge_gets
path is "/ee/va/v1/sessionComplete"
--- error_code: 204



=== TEST 7: the token of an Assurance session
--- request
POST /ee/v1/interact?configId=x&requestId=a-1&adobeAepValidationToken=5f6e%7C12ab
{"events":[{"xdm":{}}]}
--- edge_gets
query.adobeAepValidationToken is "5f6e|12ab"
query.requestId is "a-1"



=== TEST 8: other arguments of the query stay behind
--- request
POST /ee/v1/interact?requestId=a-1&silent=true&email=jo@example.org&x
{"events":[{"xdm":{}}]}
--- edge_gets
query is {"configId":"ebebf826-a01f-4458-8cec-ef61de241c93","requestId":"a-1"}



=== TEST 9: a request without an ID gets one
--- request
POST /ee/v1/interact
{"events":[{"xdm":{}}]}
--- edge_gets
query.requestId like ^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$



=== TEST 10: the gateway's prefix is alloy's edgeBasePath; towards Edge it is always /ee/
--- config
    aep_datastream_id  ebebf826-a01f-4458-8cec-ef61de241c93;
    location ^~ /aep/ { aep_sdk; }
    location ^~ /shop/events/ { aep_gateway; }
--- request
POST /shop/events/sgp3/v1/interact
{"events":[{"xdm":{}}]}
--- edge_gets
path is "/ee/sgp3/v1/interact"



=== TEST 11: a prefix without a slash at the end
--- config
    aep_datastream_id  ebebf826-a01f-4458-8cec-ef61de241c93;
    location ^~ /aep/ { aep_sdk; }
    location ^~ /events { aep_gateway; }
--- request
POST /events/v1/interact
{"events":[{"xdm":{}}]}
--- edge_gets
path is "/ee/v1/interact"



=== TEST 12: a location with a pattern takes nothing from the gateway
--- website
    location ~* /v1/ { return 410; }
--- request
POST /ee/v1/interact
{"events":[{"xdm":{}}]}
--- edge_gets
path is "/ee/v1/interact"



=== TEST 13: bytes that need no change stay as they are, numbers and escapes included
--- request eval
"POST /ee/v1/interact\n"
. '{ "events" : [ {"xdm" : {"_id":"e","price":19.99,"tiny":1e-400,"huge":1e400,"tail":100.00,"minus":-0.0,'
. '"ecid":41861666193140161934276845651148876988,"slash":"\/","snowman":"\u2603","pair":"\ud83d\ude00" } } ],'
. "\"meta\":{\"state\":{\"domain\":\"shop.example\",\"cookiesEnabled\":true}}}"
--- edge_gets
text is "{ \"events\" : [ {\"xdm\" : {\"_id\":\"e\",\"price\":19.99,\"tiny\":1e-400,\"huge\":1e400,\"tail\":100.00,\"minus\":-0.0,\"ecid\":41861666193140161934276845651148876988,\"slash\":\"\\/\",\"snowman\":\"\\u2603\",\"pair\":\"\\ud83d\\ude00\" } } ],\"meta\":{\"state\":{\"domain\":\"shop.example\",\"cookiesEnabled\":true}}}"



=== TEST 14: a body in chunks
--- more_headers
Transfer-Encoding: chunked
--- request eval
"POST /ee/v1/interact\n"
. "9\r\n{\"events\"\r\n"
. "12\r\n:[{\"xdm\":{\"n\":7}}]\r\n"
. "1\r\n}\r\n"
. "0\r\n\r\n"
--- edge_gets
body.events.0.xdm.n is 7



=== TEST 15: what the browser says of itself goes along
--- more_headers
User-Agent: Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0
Accept-Language: cs, en;q=0.7
Referer: https://shop.example/cart?coupon=SPRING
Sec-CH-UA: "Chromium";v="140"
Sec-CH-UA-Mobile: ?0
Sec-CH-UA-Platform: "Linux"
--- request
POST /ee/v1/interact
{"events":[{"xdm":{}}]}
--- edge_gets
headers.user-agent is "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"
headers.accept-language is "cs, en;q=0.7"
headers.referer is "https://shop.example/cart?coupon=SPRING"
headers.origin is "https://shop.example"
headers.sec-ch-ua is "\"Chromium\";v=\"140\""
headers.sec-ch-ua-mobile is "?0"
headers.sec-ch-ua-platform is "\"Linux\""
headers.content-type is "text/plain; charset=UTF-8"



=== TEST 16: application/json stays application/json
--- more_headers
Content-Type: application/json
--- request
POST /ee/v1/interact
{"events":[{"xdm":{}}]}
--- edge_gets
headers.content-type is "application/json"



=== TEST 17: a log can tell what became of an event
--- http
    log_format  events  '$aep_outcome $aep_event_types $aep_edge_time $aep_request_id';
--- config
    aep_datastream_id  ebebf826-a01f-4458-8cec-ef61de241c93;
    location ^~ /aep/ { aep_sdk; }
    location ^~ /ee/ {
        aep_gateway;
        access_log  logs/access.log  events;
    }
--- request
POST /ee/v1/interact?requestId=0b1c2d3e-4f50
{"events":[{"xdm":{"eventType":"commerce.checkouts"}}]}
--- wait: 0.1
--- access_log eval
qr/^delivered commerce\.checkouts 0\.\d{3} 0b1c2d3e-4f50$/



=== TEST 18: a website without storefront events has no gateway, though another one has
--- http
    server {
        listen       $TEST_NGINX_SERVER_PORT;
        server_name  other.example;
        aep_datastream_id  22222222-2222-4222-8222-222222222222;
        location ^~ /aep/ { aep_sdk; }
        location ^~ /ee/ { aep_gateway; }
    }
--- website
    server_name  shop.example;
    aep_storefront_events  off;
--- request
POST /ee/v1/interact
{"events":[{"xdm":{}}]}
--- error_code: 404
--- edge_gets: nothing



=== TEST 19: a copy of a request that nginx makes for itself is no event
--- website
    location = /page {
        mirror      /ee/v1/interact;
        proxy_pass  http://127.0.0.1:$TEST_NGINX_SERVER_PORT/page_itself;
    }
    location = /page_itself { return 200 page; }
--- request
POST /page
{"events":[{"xdm":{}}]}
--- response_body: page
--- edge_gets: nothing



=== TEST 20: a request that a location hands over inside of nginx is the page's own
--- website
    location = /events { rewrite ^ /ee/v1/interact; }
--- request
POST /events
{"events":[{"xdm":{}}]}
--- edge_gets
path is "/ee/v1/interact"



=== TEST 21: a media type in mixed case, with more spaces
--- more_headers
Content-Type: Text/Plain ;charset=utf-8
--- request
POST /ee/v1/interact
{"events":[{"xdm":{}}]}
--- edge_gets
headers.content-type is "Text/Plain ;charset=utf-8"
