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
