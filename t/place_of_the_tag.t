use AepShop 'no_plan';

no_root_location();
run_tests();

__DATA__

=== TEST 1: first in the head, if the header names the charset
--- website
charset utf-8;
location / { root html; }
--- user_files
>>> page.html
<!doctype html><html><head><meta charset="utf-8"><base href="/"><title>Shop</title></head>
--- request
GET /page.html
--- response_headers
Content-Type: text/html; charset=utf-8
--- response_body
<!doctype html><html><head>[tag]<meta charset="utf-8"><base href="/"><title>Shop</title></head>



=== TEST 2: behind the element that names the charset, if the header does not
--- website
location / { root html; }
--- user_files
>>> page.html
<!doctype html><html><head><title>Shop</title><meta charset="utf-8"><base href="/"></head>
--- request
GET /page.html
--- response_headers
Content-Type: text/html
--- response_body
<!doctype html><html><head><title>Shop</title><meta charset="utf-8">[tag]<base href="/"></head>



=== TEST 3: last in the head, if nothing names the charset
--- website
location / { root html; }
--- user_files
>>> page.html
<!doctype html><html><head><title>Shop</title></head><body></body></html>
--- request
GET /page.html
--- response_body
<!doctype html><html><head><title>Shop</title>[tag]</head><body></body></html>



=== TEST 4: before the first element that reaches beyond byte 1024, if nothing has named the charset by then
--- website
location / { root html; }
--- user_files eval
">>> page.html\n<!doctype html><head><style>" . 'a{}' x 400 . '</style><link rel=icon href=a><meta charset=utf-8></head>'
--- request
GET /page.html
--- response_body eval
'<!doctype html><head>[tag]<style>' . 'a{}' x 400 . '</style><link rel=icon href=a><meta charset=utf-8></head>'



=== TEST 5: before a policy in the page
--- website
location / { root html; }
--- user_files
>>> page.html
<!doctype html><html><head><title>Shop</title><meta http-equiv="Content-Security-Policy" content="script-src 'none'">
--- request
GET /page.html
--- response_body
<!doctype html><html><head><title>Shop</title>[tag]<meta http-equiv="Content-Security-Policy" content="script-src 'none'">



=== TEST 6: where a browser would open the head, if the page does not
--- website
charset utf-8;
location / { root html; }
--- user_files
>>> page.html
<!-- a comment --> <!DOCTYPE html> <!-- <head> --> <title>Shop</title>Welcome
--- request
GET /page.html
--- response_body
<!-- a comment --> <!DOCTYPE html> <!-- <head> --> [tag]<title>Shop</title>Welcome



=== TEST 7: never before the doctype
--- website
charset utf-8;
location / { root html; }
--- user_files
>>> page.html
<!doctype html>Welcome
--- request
GET /page.html
--- response_body
<!doctype html>[tag]Welcome



=== TEST 8: at the end of a page that ends in its head
--- website
location = /page.html { proxy_pass $ORIGIN; }
--- origin
HTTP/1.1 200 OK
Content-Type: text/html
Content-Length: [length]

<!doctype html><html><head><title>Shop</title>
--- request
GET /page.html
--- response_body chomp
<!doctype html><html><head><title>Shop</title>[tag]



=== TEST 9: behind the very last byte, which comes alone
--- website
location = /page.html {
    proxy_pass       $ORIGIN;
    proxy_buffering  off;
}
--- origin
HTTP/1.1 200 OK
Content-Type: text/html; charset=utf-8
Content-Length: [length]

<!doctype html><html><head[pause]>
--- request
GET /page.html
--- response_body chomp
<!doctype html><html><head>[tag]



=== TEST 10: in a page with a byte order mark, which names the charset
--- website
location / { root html; }
--- user_files eval
">>> page.html\n\xef\xbb\xbf<!doctype html><head><title>Shop</title>"
--- request
GET /page.html
--- response_body eval
"\xef\xbb\xbf<!doctype html><head>[tag]<title>Shop</title>"



=== TEST 11: before a base, which would change where the tag's address leads
--- website
location / { root html; }
--- user_files
>>> page.html
<!doctype html><html><head><title>Shop</title><base href="https://cdn.example/"><meta charset="utf-8"></head>
--- request
GET /page.html
--- response_body
<!doctype html><html><head><title>Shop</title>[tag]<base href="https://cdn.example/"><meta charset="utf-8"></head>
