use AepShop 'no_plan';
use Compress::Zlib ();

our $long_page =
    '<!doctype html><html><head><style>' . 'a{} ' x 17500 . "</style><meta charset=utf-8><title>Shop</title>\n";

no_root_location();
run_tests();

__DATA__

=== TEST 1: a page from disk
--- website
location / { root html; }
--- user_files
>>> page.html
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Shop</title>
</head>
<body>Welcome</body>
</html>
--- request
GET /page.html
--- response_headers
Content-Type: text/html
! Transfer-Encoding
--- response_body
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">[tag]
<title>Shop</title>
</head>
<body>Welcome</body>
</html>



=== TEST 2: a page from disk with sendfile
--- http
sendfile on;
tcp_nopush on;
--- website
location / { root html; }
--- user_files eval
">>> page.html\n<!doctype html><head><meta charset=utf-8><title>Shop</title>" . 'A product. ' x 10000
--- request
GET /page.html
--- response_body eval
'<!doctype html><head><meta charset=utf-8>[tag]<title>Shop</title>' . 'A product. ' x 10000



=== TEST 3: a page that nginx reads in its threads, and only there
--- http
sendfile on;
aio threads;
--- website
location / { root html; }
--- user_files eval
">>> page.html\n<!doctype html><head><meta charset=utf-8><title>Shop</title>" . 'A product. ' x 10000
--- request
GET /page.html
--- response_body eval
'<!doctype html><head><meta charset=utf-8>[tag]<title>Shop</title>' . 'A product. ' x 10000
--- grep_error_log eval
qr/: \*\d+ read: /
--- grep_error_log_out
--- no_error_log
[error]



=== TEST 4: a page that is read around the page cache
--- http
aio threads;
directio 512;
--- website
location / { root html; }
--- user_files eval
">>> page.html\n<!doctype html><head><meta charset=utf-8><title>Shop</title>" . 'A product. ' x 10000
--- request
GET /page.html
--- response_body eval
'<!doctype html><head><meta charset=utf-8>[tag]<title>Shop</title>' . 'A product. ' x 10000



=== TEST 5: the page of a directory
--- website
location / { root html; index home.html; }
--- user_files
>>> home.html
<!doctype html><title>Shop</title><body>
--- request
GET /
--- response_body
<!doctype html><title>Shop</title>[tag]<body>



=== TEST 6: the page that try_files falls back to
--- website
location / {
    root       html;
    try_files  $uri /app.html;
}
--- user_files
>>> app.html
<!doctype html><title>Shop</title><body>
--- request
GET /product/42
--- response_body
<!doctype html><title>Shop</title>[tag]<body>



=== TEST 7: a page out of nginx's configuration, which stays as it is for the next one
--- website
location = /page.html {
    default_type  text/html;
    return        200 "<html><head></head><body>Shop</body></html>";
}
--- pipelined_requests eval
['GET /page.html', 'GET /page.html']
--- response_body eval
[('<html><head>[tag]</head><body>Shop</body></html>') x 2]



=== TEST 8: a page of a shop behind nginx
--- website
location = /page.html { proxy_pass $ORIGIN; }
--- origin
HTTP/1.1 200 OK
Content-Type: text/html; charset=utf-8
Content-Length: [length]

<!doctype html><head><title>Shop</title>
--- request
GET /page.html
--- response_headers
! Transfer-Encoding
--- response_body chomp
<!doctype html><head>[tag]<title>Shop</title>



=== TEST 9: a page of a shop behind nginx that is not buffered
--- website
location = /page.html {
    proxy_pass       $ORIGIN;
    proxy_buffering  off;
}
--- origin
HTTP/1.1 200 OK
Content-Type: text/html; charset=utf-8
Content-Length: [length]

<!doctype html><head><title>Shop</title>
--- request
GET /page.html
--- response_body chomp
<!doctype html><head>[tag]<title>Shop</title>



=== TEST 10: a page in chunks
--- website
location = /page.html {
    proxy_pass          $ORIGIN;
    proxy_http_version  1.1;
}
--- origin
HTTP/1.1 200 OK
Content-Type: text/html; charset=utf-8
Transfer-Encoding: chunked

<!doctype html><head><title>Shop</title>[pause]<body>
--- request
GET /page.html
--- response_headers
Transfer-Encoding: chunked
! Content-Length
--- response_body chomp
<!doctype html><head>[tag]<title>Shop</title><body>



=== TEST 11: a page that ends with the connection
--- website
location = /page.html { proxy_pass $ORIGIN; }
--- origin
HTTP/1.0 200 OK
Content-Type: text/html; charset=utf-8

<!doctype html><head><title>Shop</title>[pause]<body>
--- request
GET /page.html
--- response_headers
Transfer-Encoding: chunked
! Content-Length
--- response_body chomp
<!doctype html><head>[tag]<title>Shop</title><body>



=== TEST 12: a page that is larger than nginx's buffers
--- website
location = /page.html {
    proxy_pass               $ORIGIN;
    proxy_buffer_size        4k;
    proxy_buffers            2 4k;
    proxy_busy_buffers_size  4k;
    limit_rate               2m;
}
--- origin eval
"HTTP/1.1 200 OK\nContent-Type: text/html\nContent-Length: [length]\n\n<!doctype html><head><title>Shop</title><body>"
. 'A product. ' x 50000
--- request
GET /page.html
--- response_body eval
'<!doctype html><head><title>Shop</title>[tag]<body>' . 'A product. ' x 50000
--- no_error_log
[error]



=== TEST 13: a large page that is not buffered
--- website
location = /page.html {
    proxy_pass         $ORIGIN;
    proxy_buffering    off;
    proxy_buffer_size  4k;
}
--- origin eval
"HTTP/1.1 200 OK\nContent-Type: text/html\nContent-Length: [length]\n\n<!doctype html><head><title>Shop</title><body>"
. 'A product. ' x 50000
--- request
GET /page.html
--- response_body eval
'<!doctype html><head><title>Shop</title>[tag]<body>' . 'A product. ' x 50000



=== TEST 14: a page with a long head
--- website
location = /page.html { proxy_pass $ORIGIN; }
--- origin eval
"HTTP/1.1 200 OK\nContent-Type: text/html; charset=utf-8\nContent-Length: [length]\n\n<!doctype html><head><style>"
. 'a{color:red}' x 50000 . '</style></head><body>'
--- request
GET /page.html
--- response_body eval
'<!doctype html><head>[tag]<style>' . 'a{color:red}' x 50000 . '</style></head><body>'



=== TEST 15: a page from nginx's cache, which holds the page as the shop made it
--- http
proxy_cache_path cache keys_zone=pages:1m;
--- website
location = /page.html {
    proxy_pass         $ORIGIN;
    proxy_cache        pages;
    proxy_cache_valid  1m;
    add_header         X-Cache $upstream_cache_status;
}
--- origin
HTTP/1.1 200 OK
Content-Type: text/html; charset=utf-8
Content-Length: [length]

<!doctype html><head><title>Shop</title>
--- request eval
['GET /page.html', 'GET /page.html']
--- response_headers eval
['X-Cache: MISS', 'X-Cache: HIT']
--- response_body eval
[('<!doctype html><head>[tag]<title>Shop</title>') x 2]



=== TEST 16: the page that answers a form
--- website
location = /checkout { proxy_pass $ORIGIN; }
--- origin
HTTP/1.1 200 OK
Content-Type: text/html; charset=utf-8
Content-Length: [length]

<!doctype html><head><title>Please check your address</title>
--- request
POST /checkout
city=Cologne
--- response_body chomp
<!doctype html><head>[tag]<title>Please check your address</title>



=== TEST 17: a type that is written in another way
--- website
location = /page.html { proxy_pass $ORIGIN; }
--- origin
HTTP/1.1 200 OK
Content-Type: Text/HTML ;Charset="UTF-8"
Content-Length: [length]

<!doctype html><head><title>Shop</title>
--- request
GET /page.html
--- response_body chomp
<!doctype html><head>[tag]<title>Shop</title>



=== TEST 18: a type with a parameter that is no charset
--- website
location = /page.html { proxy_pass $ORIGIN; }
--- origin
HTTP/1.1 200 OK
Content-Type: text/html; profile="https://shop.example/page"
Content-Length: [length]

<!doctype html><head><title>Shop</title><body>
--- request
GET /page.html
--- response_body chomp
<!doctype html><head><title>Shop</title>[tag]<body>



=== TEST 19: a page whose sender says that it is not compressed
--- website
location = /page.html { proxy_pass $ORIGIN; }
--- origin
HTTP/1.1 200 OK
Content-Type: text/html; charset=utf-8
Content-Encoding: identity
Content-Length: [length]

<!doctype html><head><title>Shop</title>
--- request
GET /page.html
--- response_body chomp
<!doctype html><head>[tag]<title>Shop</title>



=== TEST 20: a page that is meant to be shown, though it names a file
--- website
location = /page.html { proxy_pass $ORIGIN; }
--- origin
HTTP/1.1 200 OK
Content-Type: text/html; charset=utf-8
Content-Disposition: inline; filename=attachment.html
Content-Length: [length]

<!doctype html><head><title>Shop</title>
--- request
GET /page.html
--- response_body chomp
<!doctype html><head>[tag]<title>Shop</title>



=== TEST 21: a page for a browser that prefetches it, and for a script that fetches it
--- website
location = /page.html { proxy_pass $ORIGIN; }
--- origin
HTTP/1.1 200 OK
Content-Type: text/html; charset=utf-8
Content-Length: [length]

<!doctype html><head><title>Shop</title>
--- request eval
['GET /page.html', 'GET /page.html']
--- more_headers eval
["Sec-Purpose: prefetch;prerender\nSec-Fetch-Dest: empty", "X-Requested-With: XMLHttpRequest"]
--- response_body eval
[('<!doctype html><head>[tag]<title>Shop</title>') x 2]



=== TEST 22: bytes that are in no text stay as they are
--- website
charset utf-8;
location / { root html; }
--- user_files eval
">>> page.html\n<!doctype html><!-- \0\x80\xff --><html data-x='\0\xfe\x1b'><head\0x><head><title>\0\x81\xa0\xff</title>"
--- request
GET /page.html
--- response_body eval
"<!doctype html><!-- \0\x80\xff --><html data-x='\0\xfe\x1b'>[tag]<head\0x><head><title>\0\x81\xa0\xff</title>"



=== TEST 23: a page that nginx decompresses for the client, whose last buffer has both bytes and marks
--- website
charset utf-8;
gunzip on;
location / { root html; gzip_static always; }
--- user_files eval
">>> page.html.gz\n" . Compress::Zlib::memGzip('<!doctype html><head><title>Shop</title>' . 'A product. ' x 5000)
--- request
GET /page.html
--- response_headers
! Content-Encoding
--- response_body eval
'<!doctype html><head>[tag]<title>Shop</title>' . 'A product. ' x 5000



=== TEST 24: a page whose head is far away
--- website
charset utf-8;
location / { root html; }
--- user_files eval
">>> page.html\n<!doctype html><!--" . 'x' x 70000 . '--><head><title>Shop</title>'
--- request
GET /page.html
--- response_headers
! Transfer-Encoding
--- response_body eval
'<!doctype html><!--' . 'x' x 70000 . '--><head>[tag]<title>Shop</title>'



=== TEST 25: a page without a charset in its header whose head begins with what is long
--- http
server {
    listen $TEST_NGINX_RAND_PORT_1;
    root html;
}
--- website
location / { root html; }
location /sendfile/ { alias html/; sendfile on; }
location /gz/ { alias html/; gzip_static always; gunzip on; }
location /proxied/ { proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1/; }
location /unbuffered/ { proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1/; proxy_buffering off; }
location /ssi/ { alias html/; ssi on; }
--- user_files eval
">>> page.html\n$::long_page>>> page.html.gz\n" . Compress::Zlib::memGzip($::long_page)
--- request eval
[map "GET /${_}page.html", '', 'sendfile/', 'gz/', 'proxied/', 'unbuffered/', 'ssi/']
--- response_body eval
[($::long_page =~ s/(?=<style>)/[tag]/r) x 6]
