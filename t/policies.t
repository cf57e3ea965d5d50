use AepServer;
use AepShop 'no_plan';

# nginx names the hash of the SDK file when it starts.
my $server = AepServer->start(edge => 'http://127.0.0.1:1', workers => 1);
($ENV{TEST_NGINX_SDK_INTEGRITY}) = $server->log =~ /the SDK file is [0-9a-f]+\.js; .* lists it as '(sha384-[^']+)'/;
$server->quit;

our $html = 'default_type text/html; charset utf-8; return 200 "<!doctype html><head>";';

no_root_location();
run_tests();

__DATA__

=== TEST 1: a strict policy that allows the shop's own scripts
--- website eval
"location / { add_header Content-Security-Policy \"default-src 'self'\"; $::html }"
--- request
GET /
--- response_headers
Content-Security-Policy: default-src 'self'
--- response_body chomp
<!doctype html><head>[tag]



=== TEST 2: a policy that blocks scripts: no tag, and one notice
--- website eval
"location / { add_header Content-Security-Policy \"script-src 'none'\"; access_log logs/access.log tag; $::html }"
--- http
log_format tag 'tag=$aep_tag.';
--- request
GET /
--- response_headers
Content-Length: 21
Content-Security-Policy: script-src 'none'
--- response_body chomp
<!doctype html><head>
--- access_log
tag=policy.
--- grep_error_log eval
qr/\[notice\].*aep: server "localhost": a page's Content-Security-Policy blocks the tag.* "script-src" allow .*'self'/
--- grep_error_log_out eval
qr/^\[notice\].*\n$/



=== TEST 3: only the first page is reported
--- website eval
"location / { add_header Content-Security-Policy \"script-src 'none'\"; $::html }"
--- pipelined_requests eval
['GET /', 'GET /', 'GET /']
--- response_body eval
[('<!doctype html><head>') x 3]
--- grep_error_log eval
qr/blocks the tag/
--- grep_error_log_out eval
qr/^(?:blocks the tag\n)?\z/



=== TEST 4: a nonce of the policy is the tag's
--- website eval
"location / { add_header Content-Security-Policy \"script-src 'nonce-abc123+/=' 'strict-dynamic'\"; $::html }"
--- request
GET /
--- response_body chomp
<!doctype html><head>[tag nonce="abc123+/="]



=== TEST 5: the nonce of each page, from a shop behind nginx
--- website
location / { proxy_pass $ORIGIN; }
--- origin
HTTP/1.1 200 OK
Content-Type: text/html; charset=utf-8
Content-Security-Policy: script-src 'nonce-cGFnZQ=='
Content-Length: [length]

<!doctype html><he[pause]ad><script nonce="cGFnZQ==">1</script>
--- request
GET /
--- response_headers
Content-Security-Policy: script-src 'nonce-cGFnZQ=='
! Transfer-Encoding
--- response_body chomp
<!doctype html><head>[tag nonce="cGFnZQ=="]<script nonce="cGFnZQ==">1</script>



=== TEST 6: two policies must both allow it
--- website
location / { proxy_pass $ORIGIN; add_header Content-Security-Policy "script-src https://scripts.example"; }
--- origin
HTTP/1.1 200 OK
Content-Type: text/html; charset=utf-8
Content-Security-Policy: script-src 'self'
Content-Length: [length]

<!doctype html><head>
--- request
GET /
--- response_headers
Content-Length: 21
--- response_body chomp
<!doctype html><head>
--- no_error_log
[error]



=== TEST 7: a policy that only reports blocks nothing
--- website eval
"location / { add_header Content-Security-Policy-Report-Only \"script-src 'none'\"; $::html }"
--- request
GET /
--- response_body chomp
<!doctype html><head>[tag]



=== TEST 8: a policy that keeps the Web SDK from sending: the tag stays, with a notice
--- website eval
"location / { add_header Content-Security-Policy \"script-src 'self'; connect-src 'none'\"; $::html }"
--- request
GET /
--- response_body chomp
<!doctype html><head>[tag]
--- error_log
Content-Security-Policy keeps the Web SDK from sending events. Let its "connect-src" allow 'self'
--- no_error_log
[error]



=== TEST 9: what is no page is not looked at
--- website
location / { default_type text/html; add_header Content-Security-Policy "script-src 'none'"; return 200 "<p>Hello"; }
--- request
GET /
--- response_headers
Content-Length: 8
--- response_body chomp
<p>Hello



=== TEST 10: a policy that works with hashes and lists that of the SDK file
--- website
location / {
    proxy_pass  $ORIGIN;
    add_header  Content-Security-Policy "script-src '$hash'";
}
set $hash $TEST_NGINX_SDK_INTEGRITY;
--- origin
HTTP/1.1 200 OK
Content-Type: text/html; charset=utf-8
Content-Length: [length]

<!doctype html><head>
--- request
GET /
--- response_body eval
"<!doctype html><head>[tag integrity=\"$ENV{TEST_NGINX_SDK_INTEGRITY}\"]"



=== TEST 11: a policy that works with hashes, but does not know the SDK file
--- website eval
"location / { add_header Content-Security-Policy \"script-src 'sha384-" . ('A' x 64) . "'\"; $::html }"
--- request
GET /
--- response_headers
Content-Length: 21
--- response_body chomp
<!doctype html><head>



=== TEST 12: a directive for script elements counts before that for scripts
--- website eval
"location /a { add_header Content-Security-Policy \"script-src 'none'; script-src-elem 'self'\"; $::html }"
. "location /b { add_header Content-Security-Policy \"script-src-elem 'none'; script-src 'self'\"; $::html }"
--- request eval
['GET /a', 'GET /b']
--- response_body eval
['<!doctype html><head>[tag]', '<!doctype html><head>']



=== TEST 13: a policy in the page gets the tag in front of it
--- website
location / { root html; }
--- user_files
>>> page.html
<!doctype html><head><title>Shop</title><meta http-equiv="Content-Security-Policy" content="default-src 'none'">
--- request
GET /page.html
--- response_body
<!doctype html><head><title>Shop</title>[tag]<meta http-equiv="Content-Security-Policy" content="default-src 'none'">



=== TEST 14: Trusted Types are no obstacle
--- website eval
"location / { add_header Content-Security-Policy \"require-trusted-types-for 'script'; trusted-types 'none'\"; $::html }"
--- request
GET /
--- response_body chomp
<!doctype html><head>[tag]
--- no_error_log
aep: server



=== TEST 15: a policy that blocks scripts without integrity: the tag has it, and asks for its file with CORS
--- website
location / {
    proxy_pass  $ORIGIN;
    add_header  Integrity-Policy "endpoints=(integrity), blocked-destinations=(script)";
}
--- origin
HTTP/1.1 200 OK
Content-Type: text/html; charset=utf-8
Content-Security-Policy: script-src 'nonce-abc'
Content-Length: [length]

<!doctype html><head>
--- request
GET /
--- response_headers
Integrity-Policy: endpoints=(integrity), blocked-destinations=(script)
--- response_body eval
"<!doctype html><head>[tag nonce=\"abc\" integrity=\"$ENV{TEST_NGINX_SDK_INTEGRITY}\" crossorigin=\"anonymous\"]"



=== TEST 16: one that blocks other things, or only reports, changes nothing
--- website eval
"location /a { add_header Integrity-Policy 'blocked-destinations=(style)'; $::html }"
. "location /b { add_header Integrity-Policy-Report-Only 'blocked-destinations=(script)'; $::html }"
--- request eval
['GET /a', 'GET /b']
--- response_body eval
[('<!doctype html><head>[tag]') x 2]



=== TEST 17: a sandbox in which the page is a stranger to its own website: no tag, and a notice
--- website eval
"location / { add_header Content-Security-Policy 'sandbox allow-scripts allow-forms'; $::html }"
--- request
GET /
--- response_headers
Content-Length: 21
--- response_body chomp
<!doctype html><head>
--- grep_error_log eval
qr/\[notice\].*puts it into a sandbox.* "sandbox" have allow-scripts and allow-same-origin/
--- grep_error_log_out eval
qr/^\[notice\].*\n$/



=== TEST 18: a sandbox in which it is not
--- website eval
"location / { add_header Content-Security-Policy 'sandbox allow-scripts allow-same-origin'; $::html }"
--- request
GET /
--- response_body chomp
<!doctype html><head>[tag]



=== TEST 19: paths in a policy are compared with those in the tag, percent signs and all
--- config eval
"aep_datastream_id ebebf826-a01f-4458-8cec-ef61de241c93;"
. "location ^~ '/a b%41/' { aep_sdk; } location ^~ '/e e%41/' { aep_gateway; }"
. "location /a { add_header Content-Security-Policy 'script-src localhost/a%20b%2541/; connect-src localhost/e%20e%2541/'; $::html }"
. "location /b { add_header Content-Security-Policy 'script-src localhost/a%20b%41/'; $::html }"
--- request eval
['GET /a', 'GET /b']
--- response_body eval
['<!doctype html><head>[tag]', '<!doctype html><head>']
--- no_error_log
keeps the Web SDK from sending



=== TEST 20: a page from nginx's cache has the nonce that its header has, and no log has it
--- http
proxy_cache_path cache keys_zone=pages:1m;
--- website
location / {
    proxy_pass         $ORIGIN;
    proxy_cache        pages;
    proxy_cache_valid  1m;
}
--- origin
HTTP/1.1 200 OK
Content-Type: text/html; charset=utf-8
Content-Security-Policy: script-src 'nonce-c2VjcmV0'; connect-src 'none'
Content-Length: [length]

<!doctype html><head>
--- request eval
['GET /', 'GET /']
--- response_body eval
[('<!doctype html><head>[tag nonce="c2VjcmV0"]') x 2]
--- grep_error_log eval
qr/\[(?:notice|warn|error)\].*c2VjcmV0/
--- grep_error_log_out



=== TEST 21: no policy
--- website eval
"location / { $::html }"
--- request
GET /
--- response_headers
! Content-Security-Policy
! Integrity-Policy
--- response_body chomp
<!doctype html><head>[tag]



=== TEST 22: the nonce of a policy that only reports, so that it has nothing to report
--- website eval
"location /a { add_header Content-Security-Policy-Report-Only \"script-src 'nonce-abc'\"; $::html }"
. "location /b { add_header Content-Security-Policy-Report-Only \"script-src 'nonce-abc'; connect-src 'none'\";"
. "add_header Content-Security-Policy \"script-src 'self'\"; $::html }"
--- request eval
['GET /a', 'GET /b']
--- response_body eval
[('<!doctype html><head>[tag nonce="abc"]') x 2]
--- no_error_log
keeps the Web SDK from sending



=== TEST 23: the nonce of an enforced policy before it; and where that blocks the tag, no nonce helps
--- website eval
"location /a { add_header Content-Security-Policy-Report-Only \"script-src 'nonce-abc'\";"
. "add_header Content-Security-Policy \"script-src 'nonce-def'\"; $::html }"
. "location /b { add_header Content-Security-Policy-Report-Only \"script-src 'nonce-abc'\";"
. "add_header Content-Security-Policy \"script-src 'none'\"; $::html }"
--- request eval
['GET /a', 'GET /b']
--- response_body eval
['<!doctype html><head>[tag nonce="def"]', '<!doctype html><head>']
