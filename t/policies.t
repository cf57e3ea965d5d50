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
