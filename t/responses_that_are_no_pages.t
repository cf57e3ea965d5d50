use AepShop 'no_plan';

our $html = '<!doctype html><html><head><title>Shop</title></head></html>';

no_root_location();
run_tests();

__DATA__

=== TEST 1: redirects keep what they say, and what they hold
--- website
location = /page.html { proxy_pass $ORIGIN; }
--- origin eval
"HTTP/1.1 302 Found\nContent-Type: text/html; charset=utf-8\nContent-Length: [length]\nLocation: /cart\n\n$::html"
--- request
GET /page.html
--- error_code: 302
--- response_headers
Content-Length: 60
--- response_body eval: $::html



=== TEST 2: redirects that nginx makes
--- website
location = /a { return 301 /b; }
location = /b { rewrite ^ /c permanent; }
location = /c { return 308 /d; }
--- request eval
['GET /a', 'GET /b', 'GET /c']
--- error_code eval
[301, 301, 308]
--- response_body_like eval
['<center>nginx', '<center>nginx', '<center>nginx']
--- tag_count: 0



=== TEST 3: 204
--- website
location = /a { proxy_pass $ORIGIN; }
location = /b { return 204; }
--- origin
HTTP/1.1 204 No Content
Content-Type: text/html; charset=utf-8
ETag: "abc"

--- request eval
['GET /a', 'GET /b']
--- error_code eval
[204, 204]
--- response_headers eval
['ETag: "abc"', '! ETag']
--- response_body eval
['', '']



=== TEST 4: an empty page
--- website
location = /a { proxy_pass $ORIGIN; }
location / { root html; }
--- origin
HTTP/1.1 200 OK
Content-Type: text/html
Content-Length: 0
ETag: "abc"

--- user_files
>>> empty.html
--- request eval
['GET /a', 'GET /empty.html']
--- response_headers eval
["Content-Length: 0\nETag: \"abc\"", 'Content-Length: 0']
--- response_body eval
['', '']



=== TEST 5: an empty page in chunks
--- website
location = /a { proxy_pass $ORIGIN; proxy_http_version 1.1; }
--- origin
HTTP/1.1 200 OK
Content-Type: text/html
Transfer-Encoding: chunked

--- request
GET /a
--- response_body



=== TEST 6: other types
--- website
location = /a { default_type text/plain;             return 200 $html; }
location = /b { default_type application/xhtml+xml;  return 200 $html; }
location = /c { default_type application/json;       return 200 $html; }
location = /d { default_type text/htmlx;             return 200 $html; }
location = /e { default_type application/x-text/html; return 200 $html; }
set $html '<!doctype html><html><head><title>Shop</title></head></html>';
--- request eval
[map { "GET /$_" } 'a' .. 'e']
--- response_headers eval
[('Content-Length: 60') x 5]
--- response_body eval
[($::html) x 5]



=== TEST 7: no type
--- website
location = /a { proxy_pass $ORIGIN; }
--- origin eval
"HTTP/1.1 200 OK\nContent-Length: [length]\n\n$::html"
--- request
GET /a
--- response_headers
! Content-Type
Content-Length: 60
--- response_body eval: $::html



=== TEST 8: a download
--- website
location = /a { proxy_pass $ORIGIN; }
--- origin eval
"HTTP/1.1 200 OK\nContent-Type: text/html\nContent-Disposition: Attachment; filename=a.html\nContent-Length: [length]\n\n$::html"
--- request
GET /a
--- response_headers
Content-Length: 60
--- response_body eval: $::html



=== TEST 9: encodings in which the tag would be something else
--- website
location = /a { proxy_pass $ORIGIN; }
location = /b { default_type 'text/html; charset=UTF-16LE';     return 200 $html; }
location = /c { default_type 'text/html; Charset="iso-2022-jp"'; return 200 $html; }
location = /d { default_type 'text/html;charset=utf-7';         return 200 $html; }
location = /e { default_type text/html; charset utf-32;         return 200 $html; }
set $html '<!doctype html><html><head><title>Shop</title></head></html>';
--- origin eval
"HTTP/1.1 200 OK\nContent-Type: text/html; charset=utf-16\nContent-Length: [length]\n\n$::html"
--- request eval
[map { "GET /$_" } 'a' .. 'e']
--- response_headers eval
[('Content-Length: 60') x 5]
--- response_body eval
[($::html) x 5]



=== TEST 10: UTF-16 that only a byte order mark names
--- website
location / { root html; }
--- user_files eval
">>> page.html\n" . "\xff\xfe" . CORE::join '', map { "$_\0" } split //, $::html
--- request
GET /page.html
--- response_headers
Content-Length: 122
--- response_body eval
"\xff\xfe" . CORE::join '', map { "$_\0" } split //, $::html



=== TEST 11: a request of HTTP/0.9, whose answer has no header
--- website
location / { root html; }
--- user_files eval
">>> page.html\n$::html"
--- raw_request eval
"GET /page.html\r\n"
--- http09
--- response_body eval: $::html



=== TEST 12: a response that says that it is a part
--- website
location = /a { proxy_pass $ORIGIN; }
--- origin eval
"HTTP/1.1 200 OK\nContent-Type: text/html\nContent-Range: bytes 0-59/90\nContent-Length: [length]\n\n$::html"
--- request
GET /a
--- response_headers
Content-Length: 60
--- response_body eval: $::html



=== TEST 13: the module's own answers
--- website
location / { root html; }
--- request eval
['GET /aep/', 'POST /ee/v1/nothing']
--- error_code eval
[404, 404]
--- response_body_like eval
['404 Not Found', 'Not found']
--- tag_count: 0



=== TEST 14: switching protocols
--- website
location = /a {
    proxy_pass          $ORIGIN;
    proxy_http_version  1.1;
    proxy_set_header    Upgrade $http_upgrade;
    proxy_set_header    Connection upgrade;
}
--- origin
HTTP/1.1 101 Switching Protocols
Upgrade: websocket
Connection: upgrade
Content-Type: text/html

<!doctype html><head>
--- request
GET /a
--- more_headers
Upgrade: websocket
Connection: upgrade
--- error_code: 101
--- response_body chomp
<!doctype html><head>



=== TEST 15: events that a shop sends as they happen
--- website
location = /events { proxy_pass $ORIGIN; proxy_http_version 1.1; proxy_buffering off; }
--- origin
HTTP/1.1 200 OK
Content-Type: text/event-stream
Transfer-Encoding: chunked

data: <!doctype html><head>[pause]

data: 2
--- request
GET /events
--- response_headers
Content-Type: text/event-stream
--- response_body chomp
data: <!doctype html><head>

data: 2



=== TEST 16: early hints, which nginx before 1.29.0 takes for an answer
--- skip_nginx: 6: >= 1.29.0
--- website
location = /a { proxy_pass $ORIGIN; proxy_http_version 1.1; }
--- origin
HTTP/1.1 103 Early Hints
Link: </aep/0.js>; rel=preload
Content-Type: text/html; charset=utf-8

<!doctype html><head>
--- request
GET /a
--- error_code: 103
--- response_body chomp
<!doctype html><head>
