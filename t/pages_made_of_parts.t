use AepShop 'no_plan';

no_root_location();
run_tests();

__DATA__

=== TEST 1: one tag in a page with server side includes
--- website
charset utf-8;
location / { root html; ssi on; }
--- user_files
>>> page.html
<!doctype html><!--# include virtual="/head.html" --><body><!--# include virtual="/cart.html" --></body>
>>> head.html
<html><head><title>Shop</title></head>
>>> cart.html
<!doctype html><html><head></head><body>3 items</body>
--- request
GET /page.html
--- response_body
<!doctype html><html><head>[tag]<title>Shop</title></head>
<body><!doctype html><html><head></head><body>3 items</body>
</body>



=== TEST 2: a part that is a document does not get a tag of its own, wherever it comes from
--- website
charset utf-8;
location / { root html; ssi on; ssi_types *; }
location = /part { proxy_pass $ORIGIN; }
--- origin
HTTP/1.1 200 OK
Content-Type: text/html; charset=utf-8
Content-Length: [length]
ETag: "part"

<!doctype html><html><head[pause]><title>Part</title></head></html>
--- user_files
>>> list.txt
[<!--# include virtual="/part" -->, <!--# include virtual="/part" -->]
--- request
GET /list.txt
--- response_body
[<!doctype html><html><head><title>Part</title></head></html>, <!doctype html><html><head><title>Part</title></head></html>]



=== TEST 3: what is added before and behind a page
--- website
charset utf-8;
location / { root html; add_before_body /before.html; add_after_body /after.html; }
--- user_files
>>> page.html
<body>Welcome
>>> before.html
<!doctype html><head><title>Shop</title></head>
>>> after.html
</body><!doctype html><head>
--- request
GET /page.html
--- response_body
<!doctype html><head>[tag]<title>Shop</title></head>
<body>Welcome
</body><!doctype html><head>



=== TEST 4: what is replaced in a page, and headers that are added
--- website
charset utf-8;
location / {
    root            html;
    sub_filter      '<title>Shop' '<title>North Shop';
    sub_filter      '<script' '<img';
    sub_filter_once off;
    add_header      X-Shop north;
    add_header      Content-Security-Policy "default-src 'self'";
    expires         1h;
}
--- user_files
>>> page.html
<!doctype html><head><title>Shop</title></head><script>
--- request
GET /page.html
--- response_headers
X-Shop: north
Content-Security-Policy: default-src 'self'
--- response_body
<!doctype html><head>[tag]<title>North Shop</title></head><img>



=== TEST 5: a page that another one points to
--- website
charset utf-8;
location /app/ { proxy_pass $ORIGIN; }
location /files/ { internal; alias html/; }
--- origin
HTTP/1.1 200 OK
Content-Type: text/html; charset=utf-8
Content-Length: 3
X-Accel-Redirect: /files/page.html

abc
--- user_files
>>> page.html
<!doctype html><head><title>Shop</title>
--- request
GET /app/
--- response_body
<!doctype html><head>[tag]<title>Shop</title>



=== TEST 6: a page behind a check and beside a copy of its request
--- website
charset utf-8;
location / { root html; auth_request /check; mirror /copy; }
location = /check { internal; default_type text/html; return 200 "<html><head></head>"; }
location = /copy { internal; proxy_pass $ORIGIN; }
--- origin
HTTP/1.1 200 OK
Content-Type: text/html; charset=utf-8
Content-Length: [length]

<!doctype html><head><title>Copy</title>
--- user_files
>>> page.html
<!doctype html><head><title>Shop</title>
--- request
GET /page.html
--- response_body
<!doctype html><head>[tag]<title>Shop</title>



=== TEST 7: an internal redirect to a place where the tag is off
--- website
charset utf-8;
error_page 404 /404.html;
location / { root html; }
location = /404.html { aep_inject off; root html; }
--- user_files
>>> 404.html
<!doctype html><head><title>Not here</title>
--- request
GET /nothing
--- error_code: 404
--- response_headers
Content-Length: 45
--- response_body
<!doctype html><head><title>Not here</title>
--- no_error_log
[alert]



=== TEST 8: an internal redirect out of a place where the tag is off
--- website
charset utf-8;
location /admin/ { aep_inject off; try_files /nothing /page.html; root html; }
location / { root html; }
--- user_files
>>> page.html
<!doctype html><head><title>Shop</title>
--- request
GET /admin/
--- response_body
<!doctype html><head>[tag]<title>Shop</title>



=== TEST 9: a page whose text nginx converts
--- website
charset         utf-8;
source_charset  windows-1251;
location / { root html; }
--- http
charset_map windows-1251 utf-8 { E9 C3A9; }
--- user_files eval
">>> page.html\n<!doctype html><head><title>Caf\xe9</title>"
--- request
GET /page.html
--- response_body eval
"<!doctype html><head>[tag]<title>Caf\xc3\xa9</title>"



=== TEST 10: what is added before and behind a page, with sendfile
--- website
charset utf-8;
location / { root html; sendfile on; add_before_body /before.html; add_after_body /after.html; }
--- user_files
>>> page.html
<body>Welcome
>>> before.html
<!doctype html><head><title>Shop</title></head>
>>> after.html
</body><!doctype html><head>
--- request
GET /page.html
--- response_body
<!doctype html><head>[tag]<title>Shop</title></head>
<body>Welcome
</body><!doctype html><head>



=== TEST 11: parts that come late, one of which holds the head
--- website
charset utf-8;
location / { root html; ssi on; }
location = /slow { proxy_pass $ORIGIN; proxy_buffering off; }
--- origin
HTTP/1.1 200 OK
Content-Type: text/html; charset=utf-8
Transfer-Encoding: chunked

<html><he[pause]ad>[pause]<title>Shop</title>[pause]</head>
--- user_files
>>> page.html
<!doctype html><!--# include virtual="/slow" --><!--# include virtual="/cart.html" --><!--# include virtual="/slow" wait="yes" -->
>>> cart.html
<p>3 items</p>
--- request
GET /page.html
--- response_body
<!doctype html><html><head>[tag]<title>Shop</title></head><p>3 items</p>
<html><head><title>Shop</title></head>



=== TEST 12: a part that is put into a variable
--- website
charset utf-8;
location / { root html; ssi on; }
location = /part { proxy_pass $ORIGIN; }
--- origin
HTTP/1.1 200 OK
Content-Type: text/html; charset=utf-8
Content-Length: [length]

<!doctype html><html><head><title>Part</title>
--- user_files
>>> page.html
<!--# include virtual="/part" set="part" --><!doctype html><head><title>Shop</title></head>[<!--# echo var="part" encoding="none" -->]
--- request
GET /page.html
--- response_body
<!doctype html><head>[tag]<title>Shop</title></head>[<!doctype html><html><head><title>Part</title>]



=== TEST 13: parts without a byte, in front of the head and behind it
--- website
charset utf-8;
location / { root html; ssi on; }
--- user_files
>>> page.html
<!--# include virtual="/empty.html" --><!doctype html><!--# include virtual="/empty.html" --><head><!--# include virtual="/empty.html" -->
>>> empty.html
--- request
GET /page.html
--- response_body eval
"<!doctype html><head>[tag]\n"



=== TEST 14: a page that is fetched again behind the visitor's back
--- http
proxy_cache_path cache keys_zone=pages:1m;
--- website
location / {
    proxy_pass                     $ORIGIN;
    proxy_cache                    pages;
    proxy_cache_use_stale          updating;
    proxy_cache_background_update  on;
    add_header                     X-Cache $upstream_cache_status;
}
--- origin
HTTP/1.1 200 OK
Content-Type: text/html; charset=utf-8
Content-Length: [length]
X-Accel-Expires: @1

<!doctype html><head><title>Shop</title>
--- request eval
['GET /', 'GET /', 'GET /']
--- response_headers_like eval
['X-Cache: MISS', ('X-Cache: (?:STALE|UPDATING)') x 2]
--- response_body eval
[('<!doctype html><head>[tag]<title>Shop</title>') x 3]



=== TEST 15: a request that is made when the page has been sent
--- website
charset utf-8;
location / { root html; post_action /done; }
location = /done { internal; proxy_pass $ORIGIN; }
--- origin
HTTP/1.1 200 OK
Content-Type: text/html; charset=utf-8
Content-Length: [length]

<!doctype html><head><title>Done</title>
--- user_files
>>> page.html
<!doctype html><head><title>Shop</title>
--- pipelined_requests eval
['GET /page.html', 'GET /page.html']
--- response_body eval
["<!doctype html><head>[tag]<title>Shop</title>\n", "<!doctype html><head>[tag]<title>Shop</title>\n"]



=== TEST 16: a page that is refused when its header is known
--- website
charset utf-8;
location / { root html; }
location /own/ { alias html/; error_page 412 /412.html; }
--- user_files
>>> page.html
<!doctype html><head><title>Shop</title>
>>> 412.html
<!doctype html><head><title>The page has changed</title>
--- request eval
['GET /page.html', 'GET /own/page.html']
--- more_headers
If-Match: "another"
--- error_code eval
[412, 412]
--- response_body_like eval
["^<html>\r\n<head><title>412 Precondition Failed</title></head>\r\n",
 '^<!doctype html><head>\[tag\]<title>The page has changed</title>']



=== TEST 17: a page that is found by another name
--- website
charset utf-8;
location / { root html; rewrite ^/shop/(.*)$ /$1 last; }
location = /if { root html; if ($arg_page) { rewrite ^ /page.html break; } }
--- user_files
>>> page.html
<!doctype html><head><title>Shop</title>
--- request eval
['GET /shop/page.html', 'GET /if?page=1']
--- response_body eval
[("<!doctype html><head>[tag]<title>Shop</title>\n") x 2]



=== TEST 18: a page that nginx fetches in slices, one of which ends in the head's tag
--- http
server {
    listen $TEST_NGINX_RAND_PORT_1;
    root html;
}
--- website
charset utf-8;
location / {
    slice              18;
    proxy_pass         http://127.0.0.1:$TEST_NGINX_RAND_PORT_1;
    proxy_set_header   Range $slice_range;
}
--- user_files
>>> page.html
<!doctype html><head><title>Shop</title></head><body>Welcome</body>
--- request
GET /page.html
--- response_headers_like
Content-Length: \d\d\d
--- response_body
<!doctype html><head>[tag]<title>Shop</title></head><body>Welcome</body>
