use AepShop 'no_plan';
use HTTP::Date ();
use POSIX ();

# The validator that nginx gives a file of this age and size.
our $age = '200001021304.05';
sub etag { my $size = shift; return sprintf '"%x-%x"', POSIX::mktime(5, 4, 13, 2, 0, 100), $size }

our $fragment = '<div class="minicart"><head><title>3 items</title></head></div>';

no_root_location();
run_tests();

__DATA__

=== TEST 1: a fragment from disk keeps its bytes, length, validators and ranges
--- website
location / { root html; }
--- user_files eval
">>> minicart.html $::age\n$::fragment"
--- request
GET /minicart.html
--- response_headers eval
"Content-Length: " . length($::fragment) . "\nETag: " . main::etag(length $::fragment)
. "\nAccept-Ranges: bytes\nLast-Modified: " . HTTP::Date::time2str(POSIX::mktime(5, 4, 13, 2, 0, 100))
--- response_body eval
$::fragment



=== TEST 2: with sendfile
--- http
sendfile on;
--- website
location / { root html; }
--- user_files eval
">>> minicart.html $::age\n$::fragment"
--- request
GET /minicart.html
--- response_headers eval
"Content-Length: " . length($::fragment) . "\nETag: " . main::etag(length $::fragment) . "\nAccept-Ranges: bytes"
--- response_body eval
$::fragment



=== TEST 3: HEAD says the same
--- website
location / { root html; }
--- user_files eval
">>> minicart.html $::age\n$::fragment"
--- request
HEAD /minicart.html
--- response_headers eval
"Content-Length: " . length($::fragment) . "\nETag: " . main::etag(length $::fragment) . "\nAccept-Ranges: bytes"
--- response_body



=== TEST 4: a visitor's copy is confirmed
--- website
location / { root html; }
--- user_files eval
">>> minicart.html $::age\n$::fragment"
--- request
GET /minicart.html
--- more_headers eval
'If-None-Match: ' . main::etag(length $::fragment)
--- error_code: 304
--- response_headers eval
'ETag: ' . main::etag(length $::fragment)
--- response_body



=== TEST 5: a proxied fragment
--- website
location = /minicart { proxy_pass $ORIGIN; }
--- origin
HTTP/1.1 200 OK
Content-Type: text/html; charset=utf-8
Content-Length: [length]
ETag: "abc"
Last-Modified: Sun, 02 Jan 2000 12:04:05 GMT
Accept-Ranges: bytes

<div class="mini[pause]cart">3 items</div>
--- request
GET /minicart
--- response_headers
Content-Length: 35
ETag: "abc"
Last-Modified: Sun, 02 Jan 2000 12:04:05 GMT
Accept-Ranges: bytes
--- response_body chomp
<div class="minicart">3 items</div>



=== TEST 6: a proxied fragment that is not buffered, in single bytes
--- website
location = /minicart {
    proxy_pass       $ORIGIN;
    proxy_buffering  off;
}
--- origin
HTTP/1.1 200 OK
Content-Type: text/html; charset=utf-8
Content-Length: [length]
ETag: "abc"

   <div class="minicart">3 items</div>
--- origin_piece_size: 1
--- request
GET /minicart
--- response_headers
Content-Length: 38
ETag: "abc"
--- response_body chomp
   <div class="minicart">3 items</div>



=== TEST 7: a fragment in chunks
--- website
location = /minicart {
    proxy_pass          $ORIGIN;
    proxy_http_version  1.1;
}
--- origin
HTTP/1.1 200 OK
Content-Type: text/html
Transfer-Encoding: chunked

<opti[pause]on>Red</option><option>Blue</option>
--- request
GET /minicart
--- response_headers
Transfer-Encoding: chunked
! Content-Length
--- response_body chomp
<option>Red</option><option>Blue</option>



=== TEST 8: JSON, text, a script and an image with the wrong type
--- website
location = /cart.json { default_type text/html; return 200 '{"html":"<html><head></head></html>"}'; }
location = /list.json { default_type text/html; return 200 '["<!doctype html><head>"]'; }
location = /text      { default_type text/html; return 200 'Your order <b>42</b> <head></head>'; }
location = /jsonp     { default_type text/html; return 200 'callback("<html><head></head>")'; }
location = /image     { default_type text/html; return 200 'GIF89a<html><head></head>'; }
location = /pdf       { default_type text/html; return 200 '%PDF-1.7 <html><head></head>'; }
--- request eval
[map { "GET /$_" } qw(cart.json list.json text jsonp image pdf)]
--- response_headers eval
[map { "Content-Length: $_" } 37, 25, 34, 31, 25, 28]
--- response_body eval
['{"html":"<html><head></head></html>"}', '["<!doctype html><head>"]', 'Your order <b>42</b> <head></head>',
 'callback("<html><head></head>")', 'GIF89a<html><head></head>', '%PDF-1.7 <html><head></head>']



=== TEST 9: a fragment of white space and comments
--- website
location = /page.html { proxy_pass $ORIGIN; }
--- origin
HTTP/1.1 200 OK
Content-Type: text/html
Content-Length: [length]
ETag: "abc"

 <!-- nothing [pause]here -->  
--- request
GET /page.html
--- response_headers
Content-Length: 24
ETag: "abc"
--- response_body eval
' <!-- nothing here -->  '



=== TEST 10: a large fragment, most of which is on disk when it is sent
--- website
location = /list.html {
    proxy_pass               $ORIGIN;
    proxy_buffer_size        4k;
    proxy_buffers            2 4k;
    proxy_busy_buffers_size  4k;
}
--- origin eval
"HTTP/1.1 200 OK\nContent-Type: text/html\nContent-Length: [length]\nETag: \"abc\"\n\n" . '<li>A product</li>' x 20000
--- request
GET /list.html
--- response_headers
Content-Length: 360000
ETag: "abc"
--- response_body eval
'<li>A product</li>' x 20000
--- no_error_log
[error]



=== TEST 11: an AMP page, which no foreign script may be in
--- website
location = /amp.html { proxy_pass $ORIGIN; }
--- origin
HTTP/1.1 200 OK
Content-Type: text/html; charset=utf-8
Content-Length: [length]
ETag: "abc"

<!doctype html><html amp lang="en"><head><title>Shop</title></head>
--- request
GET /amp.html
--- response_headers
Content-Length: 67
ETag: "abc"
--- response_body chomp
<!doctype html><html amp lang="en"><head><title>Shop</title></head>
