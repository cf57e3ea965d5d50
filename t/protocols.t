use AepShop 'no_plan';

our $website = <<'CONFIG';
charset utf-8;
location / { root html; }
location = /redirect { return 301 /page.html; }
CONFIG
our $files = <<'FILES';
>>> page.html
<!doctype html><head><title>Shop</title></head>
>>> list.html
<div>3 items</div>
FILES
our $page_with_tag = "<!doctype html><head>[tag]<title>Shop</title></head>\n";

no_root_location();
run_tests();

__DATA__

=== TEST 1: two pages on one connection
--- website eval: $::website
--- user_files eval: $::files
--- pipelined_requests eval
['GET /page.html', 'GET /page.html', 'GET /list.html', 'GET /page.html']
--- response_body eval
[$::page_with_tag, $::page_with_tag, "<div>3 items</div>\n", $::page_with_tag]



=== TEST 2: two proxied pages on one connection, whose length nobody knows
--- website
location = /page.html { proxy_pass $ORIGIN; }
--- origin
HTTP/1.0 200 OK
Content-Type: text/html; charset=utf-8

<!doctype html><he[pause]ad><title>Shop</title>
--- pipelined_requests eval
['GET /page.html', 'GET /page.html']
--- response_headers eval
['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked']
--- response_body eval
[('<!doctype html><head>[tag]<title>Shop</title>') x 2]



=== TEST 3: HTTP/1.0
--- website eval: $::website
--- user_files eval: $::files
--- request
GET /page.html HTTP/1.0
--- response_headers_like
Content-Length: \d+
Connection: close
--- response_body eval: $::page_with_tag



=== TEST 4: HTTP/1.0, and a page whose length nobody knows
--- website
location = /page.html { proxy_pass $ORIGIN; }
--- origin
HTTP/1.0 200 OK
Content-Type: text/html; charset=utf-8

<!doctype html><he[pause]ad><title>Shop</title>
--- request
GET /page.html HTTP/1.0
--- response_headers
! Content-Length
! Transfer-Encoding
--- response_body chomp
<!doctype html><head>[tag]<title>Shop</title>



=== TEST 5: HTTP/2
--- http2
--- website eval: $::website
--- user_files eval: $::files
--- request
GET /page.html
--- response_headers_like
content-length: \d+
--- response_body eval: $::page_with_tag



=== TEST 6: HEAD of HTTP/2
--- http2
--- website eval: $::website
--- user_files eval: $::files
--- request
HEAD /page.html
--- response_headers_like
content-length: \d+
--- response_body



=== TEST 7: a proxied page of HTTP/2 in single bytes
--- http2
--- website
location = /page.html { proxy_pass $ORIGIN; proxy_buffering off; }
--- origin
HTTP/1.0 200 OK
Content-Type: text/html; charset=utf-8

<!doctype html><head><title>Shop</title>
--- origin_piece_size: 1
--- request
GET /page.html
--- response_headers
! Content-Length
--- response_body chomp
<!doctype html><head>[tag]<title>Shop</title>



=== TEST 8: a fragment and an error page of HTTP/2
--- http2
--- website eval: $::website
--- user_files eval: $::files
--- request eval
['GET /list.html', 'GET /redirect']
--- error_code eval
[200, 301]
--- response_body_like eval
["^<div>3 items</div>\n\$", '<title>301 Moved Permanently']
--- tag_count: 0



=== TEST 9: a part of a fragment of HTTP/2
--- http2
--- website eval: $::website
--- user_files eval: $::files
--- request
GET /list.html
--- more_headers
Range: bytes=5-6
--- error_code: 206
--- response_headers
content-range: bytes 5-6/19
--- response_body chomp
3 



=== TEST 10: a connection that ends with its page
--- website eval: $::website
--- user_files eval: $::files
--- raw_request eval
"GET /page.html HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\n\r\n"
--- response_headers_like
Content-Length: \d+
Connection: close
--- response_body eval: $::page_with_tag



=== TEST 11: header names in lower case, as HTTP/2 has them
--- website
location = /page.html  { proxy_pass $ORIGIN; }
--- origin
HTTP/1.1 200 OK
content-type: text/html; charset=utf-8
content-security-policy: script-src 'nonce-abc'
content-length: [length]
etag: "abc"

<!doctype html><head><title>Shop</title>
--- request
GET /page.html
--- response_headers_like
ETag: W/"abc-aep\.[0-9a-f]{8}"
--- response_body chomp
<!doctype html><head>[tag nonce="abc"]<title>Shop</title>



=== TEST 12: what keeps the tag out does so in lower case, too
--- website
location = /page.html  { proxy_pass $ORIGIN; }
--- origin
HTTP/1.1 200 OK
content-type: text/html; charset=utf-8
content-disposition: attachment
content-length: [length]

<!doctype html><head><title>Shop</title>
--- request
GET /page.html
--- response_body chomp
<!doctype html><head><title>Shop</title>



=== TEST 13: a connection of HTTP/1.0 that goes on: a page ends by its length
--- website eval: "keepalive_timeout 100ms; $::website"
--- user_files eval: $::files
--- request
GET /page.html HTTP/1.0
--- more_headers
Connection: keep-alive
--- response_headers
Connection: keep-alive
--- response_headers_like
Content-Length: \d+
--- response_body eval: $::page_with_tag



=== TEST 14: it ends with a page whose length nobody knows
--- website
location = /page.html { proxy_pass $ORIGIN; }
--- origin
HTTP/1.0 200 OK
Content-Type: text/html; charset=utf-8

<!doctype html><he[pause]ad><title>Shop</title>
--- request
GET /page.html HTTP/1.0
--- more_headers
Connection: keep-alive
--- response_headers
Connection: close
! Content-Length
--- response_body chomp
<!doctype html><head>[tag]<title>Shop</title>
