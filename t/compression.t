use AepShop 'no_plan';
use Compress::Zlib ();
use IO::Compress::Deflate ();
use IO::Compress::Gzip ();
use IO::Uncompress::Gunzip ();
use IO::Uncompress::Inflate ();
use IPC::Run ();

our $page = '<!doctype html><head><title>Shop</title></head>' . 'A product. ' x 5000;
our $page_with_tag = $page =~ s/(?=<title>)/[tag]/r;

sub gzip { my $text = shift; IO::Compress::Gzip::gzip(\$text => \my $out, Minimal => 1); return $out }

sub gunzip {
    my $data = shift;
    IO::Uncompress::Gunzip::gunzip(\$data => \my $text) or die 'this is not gzip';
    return $text;
}
our $gzipped = gzip($page);

sub deflate { my $text = shift; IO::Compress::Deflate::deflate(\$text => \my $out); return $out }
sub inflate { my $data = shift; IO::Uncompress::Inflate::inflate(\$data => \my $text); return $text }

sub brotli {
    my ($input, @options) = @_;
    IPC::Run::run(['brotli', '--stdout', @options], \$input, \my $output) or die "brotli: $?";
    return $output;
}

sub response {
    my ($coding, $body, $headers) = @_;
    return "HTTP/1.1 200 OK\nContent-Type: text/html; charset=utf-8\nContent-Encoding: $coding\n" . ($headers // '')
        . "\n$body";
}

# Does not get much smaller: numbers of a linear congruential generator.
our $number = 1;
our $dense_page = CORE::join '', '<!doctype html><head><title>Shop</title>',
    map { sprintf '%08x', $number = ($number * 1664525 + 1013904223) % 2**32 } 1 .. 80000;
our $dense_page_with_tag = $dense_page =~ s/(?=<title>)/[tag]/r;

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
--- error_log eval
qr/a page says Content-Encoding: br, but cannot be decoded so.* while putting the tag into a page, client:/



=== TEST 9: a compressed page in single bytes, not buffered
--- website
location = /page.html { proxy_pass $ORIGIN; proxy_buffering off; }
--- origin eval
main::response('gzip', main::gzip('<!doctype html><head><title>Shop</title></head>'))
--- origin_piece_size: 1
--- request
GET /page.html
--- response_headers
Content-Encoding: gzip
--- response_body_filters eval: $::gunzip
--- response_body chomp
<!doctype html><head>[tag]<title>Shop</title></head>



=== TEST 10: a page in brotli
--- website
location = /page.html { proxy_pass $ORIGIN; }
--- origin eval
main::response('br', main::brotli($::page), "Content-Length: [length]\n")
--- request
GET /page.html
--- more_headers
Accept-Encoding: br
--- response_headers
Content-Encoding: br
! Content-Length
--- response_body_filters eval
[sub { main::brotli($_[0], '--decompress') }, $AepShop::mark_tags]
--- response_body eval: $::page_with_tag



=== TEST 11: a page in deflate
--- website
location = /page.html { proxy_pass $ORIGIN; }
--- origin eval
main::response('deflate', main::deflate($::page), "Content-Length: [length]\n")
--- request
GET /page.html
--- response_headers
Content-Encoding: deflate
--- response_body_filters eval
[\&main::inflate, $AepShop::mark_tags]
--- response_body eval: $::page_with_tag



=== TEST 12: a compressed page that nginx would compress as well
--- website
gzip on;
gzip_proxied any;
location = /page.html { proxy_pass $ORIGIN; }
--- origin eval
main::response('gzip', $::gzipped, "Content-Length: [length]\n")
--- request
GET /page.html
--- more_headers
Accept-Encoding: gzip
--- response_headers
Content-Encoding: gzip
--- response_body_filters eval: $::gunzip
--- response_body eval: $::page_with_tag



=== TEST 13: a compressed fragment stays as it is
--- website
location = /list.html { proxy_pass $ORIGIN; }
--- origin eval
main::response('gzip', main::gzip('<li>A product</li>' x 1000), "ETag: \"abc\"\nContent-Length: [length]\n")
--- request eval
['GET /list.html', 'HEAD /list.html']
--- response_headers eval
["Content-Encoding: gzip\nETag: \"abc\"\nContent-Length: " . length(main::gzip('<li>A product</li>' x 1000)),
 'Content-Encoding: gzip']
--- response_body eval
[main::gzip('<li>A product</li>' x 1000), '']



=== TEST 14: a compressed AMP page, in pieces
--- website
location = /page.html { proxy_pass $ORIGIN; proxy_buffering off; }
--- origin eval
main::response('gzip', main::gzip('<!doctype html><html amp><head></head>' . 'A product. ' x 5000))
--- origin_piece_size: 7
--- request
GET /page.html
--- response_headers
Content-Encoding: gzip
--- response_body eval
main::gzip('<!doctype html><html amp><head></head>' . 'A product. ' x 5000)



=== TEST 15: a compressed page that the shop does not finish, before the head
--- website
location = /page.html { proxy_pass $ORIGIN; }
--- origin eval
main::response('gzip', substr($::gzipped, 0, 20), "Content-Length: 1000\n")
--- request
GET /page.html
--- ends_early
--- response_headers
Content-Encoding: gzip
Content-Length: 1000
--- response_body eval
substr $::gzipped, 0, 20
--- error_log
upstream prematurely closed connection



=== TEST 16: a compressed page that the shop does not finish, behind the head
--- website
location = /page.html { proxy_pass $ORIGIN; proxy_http_version 1.1; }
--- origin eval
main::response('gzip', main::gzip(CORE::join '', '<!doctype html><head><title>', map { "$_, " } 1 .. 5000)
    =~ s/.{20}\z//sr . '[end]', "Transfer-Encoding: chunked\n")
--- raw_request eval
"GET /page.html HTTP/1.0\r\nHost: shop.example\r\n\r\n"
--- response_headers
Content-Encoding: gzip
--- response_body_filters eval
sub { AepTag::marked(scalar Compress::Zlib::inflateInit(-WindowBits => Compress::Zlib::WANT_GZIP())->inflate($_[0])) }
--- response_body_like eval
'^<!doctype html><head>\[tag\]<title>1, 2, 3, '
--- error_log
upstream prematurely closed connection



=== TEST 17: a page from disk that nginx compresses, with sendfile
--- website
charset utf-8;
gzip on;
sendfile on;
location / { root html; }
--- user_files eval
">>> page.html\n" . $::page . $::page
--- request
GET /page.html
--- more_headers
Accept-Encoding: gzip
--- response_headers
Content-Encoding: gzip
--- response_body_filters eval: $::gunzip
--- response_body eval
$::page_with_tag . $::page



=== TEST 18: a fragment from disk that nginx compresses, with sendfile
--- website
gzip on;
sendfile on;
location / { root html; }
--- user_files eval
">>> list.html\n" . '<li>A product</li>' x 10000
--- request
GET /list.html
--- more_headers
Accept-Encoding: gzip
--- response_headers
Content-Encoding: gzip
--- response_body_filters eval: $::gunzip
--- response_body eval
'<li>A product</li>' x 10000



=== TEST 19: a page that lies on disk compressed, with sendfile, and a HEAD of it
--- website
charset utf-8;
location / { root html; gzip_static always; sendfile on; }
--- user_files eval
">>> page.html.gz\n$::gzipped"
--- request eval
['GET /page.html', 'HEAD /page.html']
--- response_headers eval
[('Content-Encoding: gzip') x 2]
--- response_body_filters eval
[$::gunzip, []]
--- response_body eval
[$::page_with_tag, '']



=== TEST 20: a range of a compressed fragment
--- website
location = /list.html { proxy_pass $ORIGIN; proxy_force_ranges on; }
--- origin eval
main::response('gzip', main::gzip('<li>A product</li>'), "Content-Length: [length]\n")
--- request
GET /list.html
--- more_headers
Range: bytes=0-3
--- error_code: 206
--- response_headers
Content-Encoding: gzip
Content-Length: 4
--- response_body eval
"\x1f\x8b\x08\x00"



=== TEST 21: a range of a compressed page gets the whole
--- website
charset utf-8;
location / { root html; gzip_static always; }
--- user_files eval
">>> page.html.gz\n$::gzipped"
--- request
GET /page.html
--- more_headers
Range: bytes=0-3
--- error_code: 200
--- response_body_filters eval: $::gunzip
--- response_body eval: $::page_with_tag



=== TEST 22: small pages that nginx compresses: one goes on behind its tag, one ends with it
--- website
charset utf-8;
gzip on;
gzip_min_length 0;
default_type text/html;
location = /on  { return 200 "<!doctype html><head><title>Shop</title>"; }
location = /end { return 200 "<!doctype html><head>"; }
--- request eval
['GET /on', 'GET /end']
--- more_headers
Accept-Encoding: gzip
--- response_headers eval
[('Content-Encoding: gzip') x 2]
--- response_body_filters eval
[$::gunzip, $::gunzip]
--- response_body eval
['<!doctype html><head>[tag]<title>Shop</title>', '<!doctype html><head>[tag]']



=== TEST 23: a coding that is not known, or several, pass unchanged
--- website
location = /zstd  { default_type text/html; add_header Content-Encoding zstd;       return 200 $html; }
location = /list  { default_type text/html; add_header Content-Encoding 'gzip, br'; return 200 $html; }
location = /lines { default_type text/html; add_header Content-Encoding gzip; add_header Content-Encoding br; return 200 $html; }
set $html "\x28\xb5\x2f\xfd<!doctype html><head>";
--- request eval
['GET /zstd', 'GET /list', 'GET /lines']
--- response_headers eval
["Content-Length: 37\nContent-Encoding: zstd", "Content-Length: 37\nContent-Encoding: gzip, br",
 "Content-Length: 37\nContent-Encoding: gzip, br"]
--- response_body eval
[("\\x28\\xb5\\x2f\\xfd<!doctype html><head>") x 3]



=== TEST 24: a coding that is none, or empty
--- website
location = /a { default_type text/html; add_header Content-Encoding Identity; return 200 "<!doctype html><head>"; }
location = /b { proxy_pass $ORIGIN; }
--- origin
HTTP/1.1 200 OK
Content-Type: text/html
Content-Encoding:
Content-Length: [length]

<!doctype html><head><title>Shop</title><body>
--- request eval
['GET /a', 'GET /b']
--- response_body eval
['<!doctype html><head>[tag]', '<!doctype html><head><title>Shop</title>[tag]<body>']



=== TEST 25: a client that takes gzip gets the shop's gzip, though nginx could decompress it
--- website
gunzip on;
location = /page.html { proxy_pass $ORIGIN; }
--- origin eval
main::response('gzip', $::gzipped, "Content-Length: [length]\nVary: Accept-Encoding\n")
--- request
GET /page.html
--- more_headers
Accept-Encoding: gzip
--- response_headers
Content-Encoding: gzip
Vary: Accept-Encoding
--- response_body_filters eval: $::gunzip
--- response_body eval: $::page_with_tag



=== TEST 26: a compressed page that is not buffered, and that nginx compresses anew
--- website
gzip on;
gzip_proxied any;
location = /page.html { proxy_pass $ORIGIN; proxy_buffering off; }
--- origin eval
main::response('gzip', $::gzipped)
--- origin_piece_size: 50
--- request
GET /page.html
--- more_headers
Accept-Encoding: gzip
--- response_headers
Content-Encoding: gzip
--- response_body_filters eval: $::gunzip
--- response_body eval: $::page_with_tag



=== TEST 27: the shop sees which codings the client takes
--- http
server {
    listen        $TEST_NGINX_RAND_PORT_1;
    default_type  text/html;
    location / { return 200 "<!doctype html><title>$http_accept_encoding</title><body>"; }
}
--- website
location / { proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
--- request
GET /
--- more_headers
Accept-Encoding: gzip, br;q=0.5, zstd
--- response_body chomp
<!doctype html><title>gzip, br;q=0.5, zstd</title>[tag]<body>



=== TEST 28: a page that lies on disk compressed, for clients that take that, and others
--- website
charset utf-8;
gzip_vary on;
location / { root html; gzip_static on; }
location /always/ { alias html/; gzip_static always; gunzip on; }
--- user_files eval
">>> page.html\n$::page\n>>> page.html.gz\n$::gzipped"
--- request eval
['GET /page.html', 'GET /page.html', 'GET /always/page.html', 'GET /always/page.html']
--- more_headers eval
['Accept-Encoding: gzip', 'X-None: 0', 'Accept-Encoding: gzip', 'X-None: 0']
--- response_headers eval
["Content-Encoding: gzip\nVary: Accept-Encoding", "! Content-Encoding\nVary: Accept-Encoding",
 "Content-Encoding: gzip", "! Content-Encoding\nVary: Accept-Encoding"]
--- response_body_filters eval
[$::gunzip, [$AepShop::mark_tags], $::gunzip, [$AepShop::mark_tags]]
--- response_body eval
[$::page_with_tag, "$::page_with_tag\n", $::page_with_tag, $::page_with_tag]



=== TEST 29: a page that lies on disk in brotli, as the configuration says
--- website
charset utf-8;
location / {
    root         html;
    try_files    $uri.br =404;
    types        { text/html br; }
    add_header   Content-Encoding br;
    add_header   Vary Accept-Encoding;
    gzip         on;
}
--- user_files eval
">>> page.html.br\n" . main::brotli($::page)
--- request eval
['GET /page.html', 'GET /page.html']
--- more_headers eval
['Accept-Encoding: br', 'Accept-Encoding: gzip']
--- response_headers eval
["Content-Encoding: br\nVary: Accept-Encoding\n! Content-Length", 'Content-Encoding: gzip']
--- response_body_filters eval
[[sub { main::brotli($_[0], '--decompress') }, $AepShop::mark_tags], $::gunzip]
--- response_body eval
[$::page_with_tag, $::page_with_tag]



=== TEST 30: a page that is too small to be compressed counts with its tag
--- website
charset utf-8;
gzip on;
gzip_min_length 5000;
location / { root html; }
--- user_files eval
">>> small.html\n<!doctype html><head><title>Shop</title>\n>>> large.html\n$::page"
--- request eval
['GET /small.html', 'GET /large.html']
--- more_headers
Accept-Encoding: gzip
--- response_headers eval
['! Content-Encoding', 'Content-Encoding: gzip']
--- response_body_filters eval
[[$AepShop::mark_tags], $::gunzip]
--- response_body eval
["<!doctype html><head>[tag]<title>Shop</title>\n", $::page_with_tag]



=== TEST 31: a page that is compressed twice, or does not say so, passes unchanged
--- website
location = /twice { proxy_pass $ORIGIN; }
location = /unsaid { default_type text/html; alias html/page.gz; types { } }
--- origin eval
main::response('gzip', main::gzip($::gzipped), "Content-Length: [length]\nETag: \"abc\"\n")
--- user_files eval
">>> page.gz\n$::gzipped"
--- request eval
['GET /twice', 'GET /unsaid']
--- response_headers eval
["Content-Encoding: gzip\nETag: \"abc\"\nContent-Length: " . length main::gzip($::gzipped), '! Content-Encoding']
--- response_body eval
[main::gzip($::gzipped), $::gzipped]



=== TEST 32: nothing of a request is in the tag, whose length would tell of a secret beside it
--- website
charset utf-8;
gzip on;
gzip_min_length 0;
default_type text/html;
location / { return 200 "<!doctype html><head>"; }
--- request eval
['GET /', 'GET /?secret=abcabcabcabc', "POST /\nsecret=abcabcabcabc"]
--- more_headers eval
['Accept-Encoding: gzip', "Accept-Encoding: gzip\nCookie: secret=abcabcabcabc", 
 "Accept-Encoding: gzip\nReferer: https://shop.example/?secret=abcabcabcabc"]
--- response_body_filters eval
sub { $main::first_tag //= $_[0]; $_[0] eq $main::first_tag ? 'the same' : 'another' }
--- response_body eval
[('the same') x 3]



=== TEST 33: caches learn that a page has variants where nginx decompresses or compresses it
--- website
gzip_vary on;
location = /gunzip { proxy_pass $ORIGIN; gunzip on; }
location = /gzip   { proxy_pass $ORIGIN; gzip on; gzip_proxied any; }
location = /as-is  { proxy_pass $ORIGIN; }
--- origin eval
main::response('gzip', $::gzipped, "Content-Length: [length]\n")
--- request eval
['GET /gunzip', 'GET /gzip', 'GET /as-is']
--- more_headers eval
['X-None: 0', 'Accept-Encoding: gzip', 'Accept-Encoding: gzip']
--- response_headers eval
['Vary: Accept-Encoding', 'Vary: Accept-Encoding', '! Vary']
--- response_body_filters eval
[[$AepShop::mark_tags], $::gunzip, $::gunzip]
--- response_body eval
[($::page_with_tag) x 3]



=== TEST 34: a page without its checksum, which browsers do not miss, arrives as far as it can be decoded
--- website
location = /           { proxy_pass $ORIGIN; proxy_http_version 1.1; }
location = /unbuffered { proxy_pass $ORIGIN; proxy_buffering off; }
location = /rate       { proxy_pass $ORIGIN; limit_rate 4k; }
location = /gzip       { proxy_pass $ORIGIN; gzip on; gzip_proxied any; }
--- origin eval
main::response('gzip', substr($::gzipped, 0, -8), "Content-Length: [length]\n")
--- raw_request eval
[map { "GET $_ HTTP/1.0\r\nHost: shop.example\r\nAccept-Encoding: gzip\r\n\r\n" } qw(/ /unbuffered /rate /gzip)]
--- response_headers
Content-Encoding: gzip
--- response_body_filters eval
sub { AepTag::marked(scalar Compress::Zlib::inflateInit(-WindowBits => Compress::Zlib::WANT_GZIP())->inflate($_[0])) }
--- response_body eval
[($::page_with_tag) x 4]
--- error_log
a page in gzip is damaged or cut short behind its head



=== TEST 35: a large compressed page for a client that is slower than the disk
--- website
charset utf-8;
limit_rate 400k;
location /disk/ { alias html/; gzip_static always; }
location /shop  { proxy_pass $ORIGIN; }
--- origin eval
main::response('gzip', main::gzip($::dense_page), "Content-Length: [length]\n")
--- user_files eval
[['page.html.gz', main::gzip($::dense_page)]]
--- request eval
['GET /disk/page.html', 'GET /shop']
--- more_headers eval
[('Accept-Encoding: gzip') x 2]
--- response_headers eval
[('Content-Encoding: gzip') x 2]
--- response_body_filters eval
[($::gunzip) x 2]
--- response_body eval
[($::dense_page_with_tag) x 2]
--- no_error_log
[error]



=== TEST 36: a page that grows as no page does is broken off, with one warning
--- website
location = /page.html { proxy_pass $ORIGIN; }
--- origin eval
main::response('br', main::brotli($::page . 'A' x 70_000_000, '--quality=2'))
--- raw_request eval
"GET /page.html HTTP/1.0\r\nHost: shop.example\r\nAccept-Encoding: br\r\n\r\n"
--- response_headers
Content-Encoding: br
--- response_body_like eval
qr/./s
--- grep_error_log eval: qr/a page in br grows to more than 1000 times its size, over 64 MB|\[alert\]/
--- grep_error_log_out
a page in br grows to more than 1000 times its size, over 64 MB



=== TEST 37: a page that grows so, but not to so much, is whole
--- website
location = /page.html { proxy_pass $ORIGIN; }
--- origin eval
main::response('br', main::brotli($::page . 'A' x 20_000_000, '--quality=2'))
--- request
GET /page.html
--- more_headers
Accept-Encoding: br
--- response_body_filters eval: [sub { main::brotli($_[0], '--decompress') }, $AepShop::mark_tags, sub { CORE::length($_[0]) }]
--- response_body eval
20_000_000 + length $::page_with_tag
