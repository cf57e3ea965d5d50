use strict;
use warnings;

# HTTP/3, where nginx and the client of these tests have it.

use AepServer;

BEGIN {
    my $reason = AepServer::nginx_configuration() !~ /--with-http_v3_module/ ? 'this nginx has no HTTP/3'
        : `curl --version` !~ /\bHTTP3\b/ ? 'this curl has no HTTP/3'
        : undef;
    if (defined $reason) {
        require Test::More;
        Test::More->import(skip_all => $reason);
    }
}
use AepCertificate;
use AepShop 'no_plan';

my $certificate = AepCertificate->make('localhost');
our $tls = "ssl_protocols TLSv1.3;
    ssl_certificate @{[$certificate->certificate]};
    ssl_certificate_key @{[$certificate->key]};\n";
our $website = "$tls charset utf-8; location / { root html; }";
our $files   = ">>> page.html\n<!doctype html><head><title>Shop</title></head>\n>>> list.html\n<div>3 items</div>\n";

no_root_location();
run_tests();

__DATA__

=== TEST 1: a page
--- http3
--- website eval: $::website
--- user_files eval: $::files
--- request
GET /page.html
--- response_headers_like
content-length: \d+
--- response_body
<!doctype html><head>[tag]<title>Shop</title></head>



=== TEST 2: HEAD
--- http3
--- website eval: $::website
--- user_files eval: $::files
--- request
HEAD /page.html
--- response_headers_like
content-length: \d+
--- response_body



=== TEST 3: a fragment
--- http3
--- website eval: $::website
--- user_files eval: $::files
--- request
GET /list.html
--- response_headers
content-length: 19
--- response_body
<div>3 items</div>



=== TEST 4: a proxied page in single bytes
--- http3
--- website eval
"$::tls location = /page.html { proxy_pass \$ORIGIN; proxy_buffering off; }"
--- origin
HTTP/1.0 200 OK
Content-Type: text/html; charset=utf-8

<!doctype html><head><title>Shop</title>
--- origin_piece_size: 1
--- request
GET /page.html
--- response_headers
! Content-Length
--- response_body chomp
<!doctype html><head>[tag]<title>Shop</title>



=== TEST 5: an event
--- http3
--- website eval
"$::tls aep_edge http://127.0.0.1:1; add_header X-Outcome \$aep_outcome always;"
--- more_headers
Content-Type: text/plain; charset=UTF-8
Sec-Fetch-Site: same-origin
--- request
POST /ee/v1/interact
{"events":[{"xdm":{"eventType":"commerce.purchases"}}]}
--- response_headers
x-outcome: queued
--- response_body_like: "handle":\[
--- no_error_log
[error]
