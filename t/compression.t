use AepShop 'no_plan';
use IO::Compress::Gzip ();
use IO::Uncompress::Gunzip ();

our $page = '<!doctype html><head><title>Shop</title></head>' . 'A product. ' x 5000;
our $page_with_tag = $page =~ s/(?=<title>)/[tag]/r;

sub gzip { my $text = shift; IO::Compress::Gzip::gzip(\$text => \my $out); return $out }

sub gunzip {
    my $data = shift;
    IO::Uncompress::Gunzip::gunzip(\$data => \my $text) or die 'this is not gzip';
    return $text;
}
our $gzipped = gzip($page);
our $gunzip  = [\&gunzip, $AepShop::mark_tags];

no_root_location();
run_tests();

__DATA__

=== TEST 1: a page that nginx compresses
--- website
charset utf-8;
gzip on;
gzip_vary on;
location / { root html; }
--- user_files eval
">>> page.html\n$::page"
--- request
GET /page.html
--- more_headers
Accept-Encoding: gzip
--- response_headers
Content-Encoding: gzip
Vary: Accept-Encoding
! Content-Length
--- response_body_filters eval: $::gunzip
--- response_body eval: $::page_with_tag



=== TEST 2: the same page for a client that takes no gzip
--- website
charset utf-8;
gzip on;
location / { root html; }
--- user_files eval
">>> page.html\n$::page"
--- request
GET /page.html
--- response_headers
! Content-Encoding
--- response_body eval: $::page_with_tag



=== TEST 3: a proxied page that comes in pieces
--- website
gzip on;
gzip_proxied any;
location = /page.html { proxy_pass $ORIGIN; proxy_buffering off; }
--- origin eval
"HTTP/1.1 200 OK\nContent-Type: text/html; charset=utf-8\nContent-Length: [length]\n\n<!doct[pause]ype ht[pause]ml><head[pause]>"
. substr $::page, 21
--- request
GET /page.html
--- more_headers
Accept-Encoding: gzip
--- response_headers
Content-Encoding: gzip
--- response_body_filters eval: $::gunzip
--- response_body eval: $::page_with_tag



=== TEST 4: a fragment that nginx compresses
--- website
gzip on;
location / { root html; }
--- user_files eval
">>> list.html\n" . '<li>A product</li>' x 1000
--- request
GET /list.html
--- more_headers
Accept-Encoding: gzip
--- response_headers
Content-Encoding: gzip
--- response_body_filters eval: $::gunzip
--- response_body eval
'<li>A product</li>' x 1000



=== TEST 5: a page that the shop has compressed gets its tag and leaves compressed
--- website
location = /page.html { proxy_pass $ORIGIN; }
--- origin eval
"HTTP/1.1 200 OK\nContent-Type: text/html; charset=utf-8\nContent-Encoding: gzip\nETag: \"abc\"\nContent-Length: [length]\n\n"
. $::gzipped
--- request
GET /page.html
--- more_headers
Accept-Encoding: gzip
--- response_headers
Content-Encoding: gzip
! Content-Length
--- response_headers_like
ETag: W/"abc-aep\.[0-9a-f]{8}"
--- response_body_filters eval: $::gunzip
--- response_body eval: $::page_with_tag



=== TEST 6: unless nginx decompresses it for the client
--- website
location = /page.html { proxy_pass $ORIGIN; gunzip on; }
--- origin eval
"HTTP/1.1 200 OK\nContent-Type: text/html; charset=utf-8\nContent-Encoding: gzip\nETag: \"abc\"\nContent-Length: [length]\n\n"
. $::gzipped
--- request
GET /page.html
--- response_headers
! Content-Encoding
--- response_headers_like
ETag: W/"abc-aepw\.[0-9a-f]{8}"
--- response_body eval: $::page_with_tag



=== TEST 7: a page that lies on disk compressed
--- website
location / { root html; gzip_static always; }
--- user_files eval
">>> page.html.gz\n$::gzipped"
--- request
GET /page.html
--- response_headers
Content-Encoding: gzip
--- response_body_filters eval: $::gunzip
--- response_body eval: $::page =~ s/(?=<\/head>)/[tag]/r



=== TEST 8: a page that is not in the coding that it names passes unchanged
--- website
location = /a { proxy_pass $ORIGIN; }
--- origin
HTTP/1.1 200 OK
Content-Type: text/html; charset=utf-8
Content-Encoding: br
Content-Encoding: identity
Content-Length: [length]

<!doctype html><head><title>
--- request
GET /a
--- response_headers
Content-Length: 28
--- response_body chomp
<!doctype html><head><title>
--- no_error_log
[alert]
--- error_log
a page says Content-Encoding: br, but cannot be decoded so
