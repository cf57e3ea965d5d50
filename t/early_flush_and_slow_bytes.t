use AepShop 'no_plan';

# The same page in single bytes, in every way in which it can be sent.
our $page = '<!doctype html><!-- <head> --><html lang="en"><head data-x=">"><title>Shop</title>'
    . '<meta charset="utf-8"><link rel="icon" href="/icon.svg"></head><body>Welcome</body></html>';
our $page_with_tag = $page =~ s/(?=<link)/[tag]/r;
our $length   = "HTTP/1.1 200 OK\nContent-Type: text/html\nContent-Length: [length]\n\n$page";
our $chunked  = "HTTP/1.1 200 OK\nContent-Type: text/html\nTransfer-Encoding: chunked\n\n$page";
our $to_close = "HTTP/1.0 200 OK\nContent-Type: text/html\n\n$page";

no_root_location();
run_tests();

__DATA__

=== TEST 1: single bytes of a page whose length is known
--- website
location = /page.html { proxy_pass $ORIGIN; }
--- origin eval: $::length
--- origin_piece_size: 1
--- request
GET /page.html
--- response_headers
! Transfer-Encoding
--- response_body eval: $::page_with_tag



=== TEST 2: not buffered
--- website
location = /page.html { proxy_pass $ORIGIN; proxy_buffering off; }
--- origin eval: $::length
--- origin_piece_size: 1
--- request
GET /page.html
--- response_headers
! Transfer-Encoding
--- response_body eval: $::page_with_tag



=== TEST 3: single bytes in chunks
--- website
location = /page.html { proxy_pass $ORIGIN; proxy_http_version 1.1; }
--- origin eval: $::chunked
--- origin_piece_size: 1
--- request
GET /page.html
--- response_body eval: $::page_with_tag



=== TEST 4: single bytes in chunks, not buffered
--- website
location = /page.html { proxy_pass $ORIGIN; proxy_http_version 1.1; proxy_buffering off; }
--- origin eval: $::chunked
--- origin_piece_size: 1
--- request
GET /page.html
--- response_body eval: $::page_with_tag



=== TEST 5: single bytes until the connection ends
--- website
location = /page.html { proxy_pass $ORIGIN; }
--- origin eval: $::to_close
--- origin_piece_size: 1
--- request
GET /page.html
--- response_body eval: $::page_with_tag



=== TEST 6: single bytes until the connection ends, not buffered
--- website
location = /page.html { proxy_pass $ORIGIN; proxy_buffering off; }
--- origin eval: $::to_close
--- origin_piece_size: 1
--- request
GET /page.html
--- response_body eval: $::page_with_tag



=== TEST 7: nothing is collected before it is sent
--- http
postpone_output 0;
--- website
location = /page.html { proxy_pass $ORIGIN; proxy_buffering off; }
--- origin eval: $::to_close
--- origin_piece_size: 3
--- request
GET /page.html
--- response_body eval: $::page_with_tag



=== TEST 8: pieces of other sizes, sent with a limited rate
--- website
location = /page.html { proxy_pass $ORIGIN; limit_rate 4k; postpone_output 0; sendfile off; }
--- origin eval: $::chunked
--- origin_piece_size: 7
--- request
GET /page.html
--- response_body eval: $::page_with_tag
--- no_error_log
[error]



=== TEST 9: a page from disk in small buffers
--- website
location / { root html; output_buffers 1 16; postpone_output 0; }
--- user_files eval
">>> page.html\n$::page"
--- request
GET /page.html
--- response_body eval: $::page_with_tag



=== TEST 10: a page from disk in small buffers with sendfile
--- website
location / { root html; output_buffers 1 16; sendfile on; sendfile_max_chunk 32; }
--- user_files eval
">>> page.html\n$::page"
--- request
GET /page.html
--- response_body eval: $::page_with_tag



=== TEST 11: an early flush of the head alone
--- website
location = /page.html { proxy_pass $ORIGIN; proxy_buffering off; }
--- origin
HTTP/1.0 200 OK
Content-Type: text/html; charset=utf-8

<!doctype html><head>[pause]<title>Shop</title>[pause]</head><body>
--- request
GET /page.html
--- response_body chomp
<!doctype html><head>[tag]<title>Shop</title></head><body>



=== TEST 12: an early flush in the middle of a tag, of a comment and of the doctype
--- website
location = /page.html { proxy_pass $ORIGIN; proxy_buffering off; }
--- origin
HTTP/1.0 200 OK
Content-Type: text/html; charset=utf-8

<!doc[pause]type html><!-[pause]- <head> --[pause]><he[pause]ad cla[pause]ss="a"[pause]><title>Shop</title>
--- request
GET /page.html
--- response_body chomp
<!doctype html><!-- <head> --><head class="a">[tag]<title>Shop</title>



=== TEST 13: a page that the shop does not finish arrives as far as it came
--- website
location = /page.html { proxy_pass $ORIGIN; }
--- origin
HTTP/1.1 200 OK
Content-Type: text/html; charset=utf-8
Content-Length: 1000

<!doctype html><head><title>Sh
--- raw_request eval
"GET /page.html HTTP/1.0\r\nHost: shop.example\r\n\r\n"
--- ends_early
--- response_body chomp
<!doctype html><head>[tag]<title>Sh
--- error_log
upstream prematurely closed connection



=== TEST 14: also when it ends before the head
--- website
location = /page.html { proxy_pass $ORIGIN; }
--- origin
HTTP/1.1 200 OK
Content-Type: text/html; charset=utf-8
Content-Length: 1000

<!doctype ht
--- request
GET /page.html
--- ends_early
--- response_body chomp
<!doctype ht
--- error_log
upstream prematurely closed connection



=== TEST 15: also in chunks, not buffered
--- website
location = /page.html { proxy_pass $ORIGIN; proxy_http_version 1.1; proxy_buffering off; }
--- origin
HTTP/1.1 200 OK
Content-Type: text/html; charset=utf-8
Transfer-Encoding: chunked

<!doctype html><he[end]
--- raw_request eval
"GET /page.html HTTP/1.0\r\nHost: shop.example\r\n\r\n"
--- response_body chomp
<!doctype html><he
--- error_log
upstream prematurely closed connection



=== TEST 16: also when it ends before its first byte
--- website
location = /page.html { proxy_pass $ORIGIN; }
--- origin
HTTP/1.1 200 OK
Content-Type: text/html; charset=utf-8
Content-Length: 1000
X-Shop: here

--- request
GET /page.html
--- ends_early
--- response_headers
Content-Length: 1000
X-Shop: here
--- response_body
--- error_log
upstream prematurely closed connection



=== TEST 17: also when the shop is silent for too long
--- website
location = /page.html { proxy_pass $ORIGIN; proxy_read_timeout 100ms; proxy_buffering off; }
--- origin
HTTP/1.1 200 OK
Content-Type: text/html
Content-Length: [length]

<!doctype html><head><title>Sh[silence]op</title>
--- request
GET /page.html
--- ends_early
--- response_headers
Content-Length: 40
--- response_body chomp
<!doctype html><head><title>Sh
--- error_log
upstream timed out
