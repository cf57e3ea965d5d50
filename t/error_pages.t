use AepShop 'no_plan';

no_root_location();
run_tests();

__DATA__

=== TEST 1: the shop's own page for what is not there
--- website
location / { proxy_pass $ORIGIN; }
--- origin
HTTP/1.1 404 Not Found
Content-Type: text/html; charset=utf-8
Content-Length: [length]

<!doctype html><head><title>We have no such product</title>
--- request
GET /product/42
--- error_code: 404
--- response_body chomp
<!doctype html><head>[tag]<title>We have no such product</title>



=== TEST 2: its page for faults
--- website
location / { proxy_pass $ORIGIN; }
--- origin
HTTP/1.1 503 Service Unavailable
Content-Type: text/html; charset=utf-8
Content-Length: [length]
Retry-After: 60

<!doctype html><head><title>We are back soon</title>
--- request
GET /
--- error_code: 503
--- response_headers
Retry-After: 60
--- response_body chomp
<!doctype html><head>[tag]<title>We are back soon</title>



=== TEST 3: a file that error_page names
--- website
charset utf-8;
error_page 404 /404.html;
location / { root html; }
--- user_files
>>> 404.html
<!doctype html><head><title>We have no such product</title>
--- request
GET /product/42
--- error_code: 404
--- response_body
<!doctype html><head>[tag]<title>We have no such product</title>
--- no_error_log
[alert]



=== TEST 4: a file that looks like nginx's own page
--- website
charset utf-8;
error_page 404 /404.html;
location / { root html; }
--- user_files eval
">>> 404.html\n<html>\r\n<head><title>404 Not Found</title></head>\r\n"
--- request
GET /product/42
--- error_code: 404
--- response_body eval
"<html>\r\n<head>[tag]<title>404 Not Found</title></head>\r\n"
--- no_error_log
[alert]



=== TEST 5: a named location that error_page names
--- website
charset utf-8;
location / {
    error_page           404 = @app;
    root                 html;
    log_not_found        off;
}
location @app { set $app $ORIGIN; proxy_pass $app; }
--- origin
HTTP/1.1 200 OK
Content-Type: text/html
Content-Length: [length]

<!doctype html><head><title>Shop</title>
--- request
GET /product/42
--- error_code: 200
--- response_body chomp
<!doctype html><head>[tag]<title>Shop</title>



=== TEST 6: a page of the shop that is replaced by one of nginx's files
--- website
charset utf-8;
location / {
    proxy_pass              $ORIGIN;
    proxy_intercept_errors  on;
    error_page              500 /500.html;
}
location = /500.html { root html; }
--- origin
HTTP/1.1 500 Internal Server Error
Content-Type: text/html
Content-Length: [length]

<!doctype html><head><title>A trace of the stack</title>
--- user_files
>>> 500.html
<!doctype html><head><title>Sorry</title>
--- request
GET /
--- error_code: 500
--- response_body
<!doctype html><head>[tag]<title>Sorry</title>



=== TEST 7: a page that the configuration spells out
--- website
location / {
    default_type  text/html;
    charset       utf-8;
    return        403 "<html><head><title>403 is not for you</title></head></html>";
}
--- request
GET /
--- error_code: 403
--- response_body chomp
<html><head>[tag]<title>403 is not for you</title></head></html>



=== TEST 8: nginx's own pages stay as they are
--- website
location = /403 { return 403; }
location = /404 { return 404; }
location = /405 { return 405; }
location = /502 { proxy_pass http://127.0.0.1:1; }
location = /503 { return 503; }
location = /507 { return 507; }
--- request eval
[map { "GET /$_" } 403, 404, 405, 502, 503, 507]
--- error_code eval
[403, 404, 405, 502, 503, 507]
--- response_headers_like eval
[('Content-Length: \d+') x 6]
--- response_body_like eval
[map { "^<html>\r\n<head><title>$_ [\\w ]+</title></head>\r\n<body>\r\n<center>" } 403, 404, 405, 502, 503, 507]
--- no_error_log
[alert]



=== TEST 9: also for a HEAD
--- website
location = /404 { return 404; }
--- request
HEAD /404
--- error_code: 404
--- response_headers_like
Content-Length: \d+



=== TEST 10: also without its version
--- website
server_tokens off;
location = /404 { return 404; }
--- request
GET /404
--- error_code: 404
--- response_body_like eval
"^<html>\r\n<head><title>404 Not Found</title></head>\r\n"
--- tag_count: 0



=== TEST 11: also as the page of another error
--- website
error_page 404 =410 /gone;
location = /gone { return 503; }
location / { return 404; }
--- request
GET /
--- error_code: 503
--- response_body_like eval
"^<html>\r\n<head><title>503 "
--- tag_count: 0
