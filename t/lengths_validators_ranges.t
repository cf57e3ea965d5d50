use AepShop 'no_plan';
use Compress::Zlib ();
use HTTP::Date ();
use POSIX ();

# A page and a fragment on disk, with the validators that nginx gives files of their age and size.
our $age  = '200001021304.05';
our $time = POSIX::mktime(5, 4, 13, 2, 0, 100);
our $page = '<!doctype html><head><meta charset=utf-8><title>Shop</title></head><body>Welcome</body>';
our $page_with_tag = $page =~ s/(?=<title>)/[tag]/r;
our $fragment = join '', 'a' .. 'z';
our $etag = sprintf '"%x-%x"', $time, length $page;
our $date = HTTP::Date::time2str($time);
our $fragment_etag = sprintf '"%x-%x"', $time, length $fragment;
our $files = ">>> page.html $age\n$page\n>>> list.html $age\n$fragment";

# User files end with a line break unless they are the last.
$page .= "\n";
$page_with_tag .= "\n";
$etag = sprintf '"%x-%x"', $time, length $page;

# The body of an answer to a request for several ranges. Its parts are of text/html.
our $parts = sub {
    my @parts = @_;
    my $body  = '';
    while (my ($range, $bytes) = splice @parts, 0, 2) {
        $body .= "\r\n--\\d+\r\nContent-Type: text/html\r\nContent-Range: bytes \Q$range\E\r\n\r\n\Q$bytes\E";
    }
    return qr{\A$body\r\n--\d+--\r\n\z};
};

our $gzipped;
our $numbers = join '', map { sprintf '%07d ', $_ } 0 .. 4999;

our $website = 'location / { root html; }';

no_root_location();
run_tests();

__DATA__

=== TEST 1: a page has the length that it has with the tag
--- website eval: $::website
--- user_files eval: $::files
--- request
GET /page.html
--- response_headers_like
Content-Length: \d\d\d
--- response_body eval: $::page_with_tag



=== TEST 2: its validator is weak, its date stays, and ranges are not offered
--- website eval: $::website
--- user_files eval: $::files
--- request
GET /page.html
--- response_headers eval
"Last-Modified: $::date\n! Accept-Ranges"
--- response_headers_like eval
'ETag: W/"' . $::etag =~ tr/"//dr . '-aep\.[0-9a-f]{8}"'
--- response_body eval: $::page_with_tag



=== TEST 3: a visitor's copy of it is confirmed
--- website eval: $::website
--- user_files eval: $::files
--- request
GET /page.html
--- more_headers eval
"If-None-Match: W/$::etag"
--- error_code: 304
--- response_headers_like eval
'ETag: (?:W/)?' . $::etag
--- response_body
--- no_error_log
[error]



=== TEST 4: by its date too
--- website eval: $::website
--- user_files eval: $::files
--- request
GET /page.html
--- more_headers eval
"If-Modified-Since: $::date"
--- error_code: 304
--- response_headers
! Content-Length
! Content-Type
--- response_body



=== TEST 5: another copy is replaced
--- website eval: $::website
--- user_files eval: $::files
--- request
GET /page.html
--- more_headers
If-None-Match: W/"386f5b45-58"
--- response_body eval: $::page_with_tag



=== TEST 6: who asks for a part of a page gets the whole
--- website eval: $::website
--- user_files eval: $::files
--- request
GET /page.html
--- more_headers
Range: bytes=0-9
--- error_code: 200
--- response_headers
! Content-Range
! Accept-Ranges
--- response_headers_like eval
'ETag: W/"' . $::etag =~ tr/"//dr . '-aep\.[0-9a-f]{8}"'
--- response_body eval: $::page_with_tag



=== TEST 7: who asks for parts of it, or for one beyond its end, too
--- website eval: $::website
--- user_files eval: $::files
--- request eval
['GET /page.html', 'GET /page.html']
--- more_headers eval
['Range: bytes=0-1,4-5', 'Range: bytes=5000-']
--- error_code eval
[200, 200]
--- response_body eval
[$::page_with_tag, $::page_with_tag]



=== TEST 8: who asks for the rest of a page, if it is still the same, too
--- website eval: $::website
--- user_files eval: $::files
--- request eval
['GET /page.html', 'GET /page.html', 'GET /page.html']
--- more_headers eval
["Range: bytes=10-\nIf-Range: $::etag", "Range: bytes=10-\nIf-Range: W/$::etag",
 "Range: bytes=10-\nIf-Range: $::date"]
--- error_code eval
[200, 200, 200]
--- response_body eval
[($::page_with_tag) x 3]



=== TEST 9: HEAD with a range says what GET does
--- website eval: $::website
--- user_files eval: $::files
--- request
HEAD /page.html
--- more_headers
Range: bytes=0-9
--- error_code: 200
--- response_headers_like
Content-Length: \d\d\d
--- response_body



=== TEST 10: a part of a fragment
--- website eval: $::website
--- user_files eval: $::files
--- request
GET /list.html
--- more_headers
Range: bytes=2-5
--- error_code: 206
--- response_headers eval
"Content-Range: bytes 2-5/26\nContent-Length: 4\nETag: $::fragment_etag"
--- response_body chomp
cdef



=== TEST 11: with sendfile
--- http
sendfile on;
--- website eval: $::website
--- user_files eval: $::files
--- request
GET /list.html
--- more_headers
Range: bytes=2-5
--- error_code: 206
--- response_headers
Content-Range: bytes 2-5/26
Content-Length: 4
--- response_body chomp
cdef



=== TEST 12: the end of a fragment, its rest, and its one last byte
--- website eval: $::website
--- user_files eval: $::files
--- request eval
[('GET /list.html') x 3]
--- more_headers eval
['Range: bytes=-3', "Range: bytes=20-\nIf-Range: $::fragment_etag", 'Range: bytes=25-25']
--- error_code eval
[206, 206, 206]
--- response_headers eval
["Content-Range: bytes 23-25/26\nContent-Length: 3", "Content-Range: bytes 20-25/26\nContent-Length: 6",
 "Content-Range: bytes 25-25/26\nContent-Length: 1"]
--- response_body eval
['xyz', 'uvwxyz', 'z']



=== TEST 13: HEAD for a part of a fragment
--- website eval: $::website
--- user_files eval: $::files
--- request
HEAD /list.html
--- more_headers
Range: bytes=2-5
--- error_code: 206
--- response_headers
Content-Range: bytes 2-5/26
Content-Length: 4
--- response_body



=== TEST 14: who asks for a part beyond the end of a fragment is told how long it is
--- website eval: $::website
--- user_files eval: $::files
--- request
GET /list.html
--- more_headers
Range: bytes=26-
--- error_code: 416
--- response_headers
Content-Range: bytes */26
! Accept-Ranges
! ETag
! Last-Modified
--- response_body_like: 416 Requested Range Not Satisfiable



=== TEST 15: several parts of a fragment
--- website eval: $::website
--- user_files eval: $::files
--- request
GET /list.html
--- more_headers
Range: bytes=2-3,7-8
--- error_code: 206
--- response_headers eval
"ETag: $::fragment_etag"
--- response_headers_like
Content-Type: multipart/byteranges; boundary=\d+
--- response_body_like eval: $::parts->('2-3/26' => 'cd', '7-8/26' => 'hi')



=== TEST 16: parts of a large fragment that are in several of nginx's buffers
--- website
location / {
    root            html;
    output_buffers  2 1k;
}
location /sendfile/ {
    alias     html/;
    sendfile  on;
}
--- user_files eval
">>> list.html\n" . CORE::join '', map { sprintf '%07d ', $_ } 0 .. 4999
--- request eval
[('GET /list.html') x 5, ('GET /sendfile/list.html') x 5]
--- more_headers eval
[('Range: bytes=0-7', 'Range: bytes=8000-8007', 'Range: bytes=1020-1027', 'Range: bytes=0-39999',
  'Range: bytes=39992-') x 2]
--- error_code eval
[(206) x 10]
--- response_body eval
[('0000000 ', '0001000 ', '127 0000', CORE::join('', map { sprintf '%07d ', $_ } 0 .. 4999), '0004999 ') x 2]



=== TEST 17: the connection goes on behind a part of a fragment
--- website eval: $::website
--- user_files eval: $::files
--- pipelined_requests eval
['GET /list.html', 'GET /page.html', 'GET /list.html']
--- more_headers eval
['Range: bytes=2-5', 'Range: bytes=2-5', 'X-None: 0']
--- error_code eval
[206, 200, 200]
--- response_body eval
['cdef', $::page_with_tag, $::fragment]



=== TEST 18: a part of a page that nginx has in its cache, and of a fragment
--- http
proxy_cache_path cache keys_zone=pages:1m;
server {
    listen $TEST_NGINX_RAND_PORT_1;
    root html;
}
--- website
location / {
    proxy_pass         http://127.0.0.1:$TEST_NGINX_RAND_PORT_1;
    proxy_cache        pages;
    proxy_cache_valid  1m;
}
--- user_files eval: $::files
--- request eval
['GET /page.html', 'GET /page.html', 'GET /list.html', 'GET /list.html']
--- more_headers
Range: bytes=2-5
--- error_code eval
[200, 200, 206, 206]
--- response_body eval
[$::page_with_tag, $::page_with_tag, 'cdef', 'cdef']



=== TEST 19: a part of a page, cut by the shop itself
--- website
location = /page.html { proxy_pass $ORIGIN; }
--- origin
HTTP/1.1 206 Partial Content
Content-Type: text/html; charset=utf-8
Content-Range: bytes 0-35/900
Content-Length: [length]
ETag: "abc"

<!doctype html><head><title>S</title>
--- request
GET /page.html
--- more_headers
Range: bytes=0-35
--- error_code: 206
--- response_headers
Content-Range: bytes 0-35/900
Content-Length: 37
ETag: "abc"
--- response_body chomp
<!doctype html><head><title>S</title>



=== TEST 20: a page that nginx fetches in slices
--- http
proxy_cache_path cache keys_zone=pages:1m;
server {
    listen $TEST_NGINX_RAND_PORT_1;
    root html;
}
--- website
location / {
    slice              16;
    proxy_pass         http://127.0.0.1:$TEST_NGINX_RAND_PORT_1;
    proxy_set_header   Range $slice_range;
    proxy_cache        pages;
    proxy_cache_key    $uri$slice_range;
    proxy_cache_valid  200 206 1m;
}
--- user_files eval: $::files
--- request eval
['GET /page.html', 'GET /list.html', 'GET /list.html']
--- more_headers eval
['X-None: 0', 'X-None: 0', 'Range: bytes=20-23']
--- error_code eval
[200, 200, 206]
--- response_body eval
[$::page_with_tag, $::fragment, 'uvwx']



=== TEST 21: a proxied page has the length that it has with the tag
--- website
location = /page.html { proxy_pass $ORIGIN; }
--- origin
HTTP/1.1 200 OK
Content-Type: text/html; charset=utf-8
Content-Length: [length]
ETag: "abc"
Last-Modified: Sun, 02 Jan 2000 12:04:05 GMT
Accept-Ranges: bytes

<!doctype html><head><title>Shop</title>
--- request
GET /page.html
--- response_headers
Last-Modified: Sun, 02 Jan 2000 12:04:05 GMT
! Accept-Ranges
! Transfer-Encoding
--- response_headers_like
ETag: W/"abc-aep\.[0-9a-f]{8}"
--- response_body chomp
<!doctype html><head>[tag]<title>Shop</title>



=== TEST 22: a weak validator is told apart
--- website
location = /page.html { proxy_pass $ORIGIN; }
--- origin
HTTP/1.1 200 OK
Content-Type: text/html; charset=utf-8
Content-Length: [length]
ETag: W/"abc"

<!doctype html><head><title>Shop</title>
--- request
GET /page.html
--- response_headers_like
ETag: W/"abc-aepw\.[0-9a-f]{8}"
--- response_body chomp
<!doctype html><head>[tag]<title>Shop</title>



=== TEST 23: what the shop says of a copy of a page is passed on
--- website
location = /page.html { proxy_pass $ORIGIN; }
--- origin
HTTP/1.1 304 Not Modified
ETag: "abc"
--- request
GET /page.html
--- more_headers
If-None-Match: W/"abc"
--- error_code: 304
--- response_headers
! Content-Length
--- response_body



=== TEST 24: a part of a fragment that comes in pieces
--- website
location = /on  { proxy_pass $ORIGIN; proxy_force_ranges on; }
location = /off { proxy_pass $ORIGIN; proxy_force_ranges on; proxy_buffering off; }
--- origin
HTTP/1.1 200 OK
Content-Type: text/html
Content-Length: [length]

abcdefghij[pause]klmnopqrst[pause]uvwxyz
--- request eval
[('GET /on') x 4, ('GET /off') x 4]
--- more_headers eval
[('Range: bytes=2-3', 'Range: bytes=12-15', 'Range: bytes=8-21', 'Range: bytes=22-') x 2]
--- error_code eval
[(206) x 8]
--- response_body eval
[('cd', 'mnop', 'ijklmnopqrstuv', 'wxyz') x 2]



=== TEST 25: a part beyond the end of a large fragment
--- website
location / {
    root            html;
    output_buffers  2 1k;
}
--- user_files eval
">>> list.html\n" . '<li>A product</li>' x 1000
--- request
GET /list.html
--- more_headers
Range: bytes=50000-
--- error_code: 416
--- response_headers
Content-Range: bytes */18000
--- response_body_like eval
qr{^<html>\r\n<head><title>416 [^<]+</title></head>\r\n<body>\r\n<center>[^\n]+\n<hr><center>[^\n]+\n</body>\r\n</html>\r\n$}



=== TEST 26: the shop's own page for a part beyond the end
--- website
charset utf-8;
location / { root html; error_page 416 /416.html; }
--- user_files eval
">>> 416.html\n$::page>>> list.html\n$::fragment"
--- request
GET /list.html
--- more_headers
Range: bytes=26-
--- error_code: 416
--- response_body eval
$::page =~ s/(?=<meta)/[tag]/r



=== TEST 27: a part beyond the end of a fragment of HTTP/2
--- http2
--- website eval: $::website
--- user_files eval: $::files
--- request
GET /list.html
--- more_headers
Range: bytes=26-
--- error_code: 416
--- response_headers
content-range: bytes */26
--- response_body_like: 416 Requested Range Not Satisfiable



=== TEST 28: conditions for changing a page are for the page as it is on disk
--- website eval: $::website
--- user_files eval: $::files
--- request eval
[('GET /page.html') x 4]
--- more_headers eval
["If-Match: $::etag", 'If-Match: "other"', "If-Unmodified-Since: $::date",
 'If-Unmodified-Since: Sat, 01 Jan 2000 12:04:05 GMT']
--- error_code eval
[200, 412, 200, 412]
--- response_body_like eval
['\[tag\]', '412 Precondition Failed', '\[tag\]', '412 Precondition Failed']



=== TEST 29: digests and signatures of the page without the tag do not go out with it
--- website
location = /page.html { proxy_pass $ORIGIN; }
--- origin
HTTP/1.1 200 OK
Content-Type: text/html; charset=utf-8
Content-Length: [length]
Content-MD5: Q2hlY2sgSW50ZWdyaXR5IQ==
Digest: SHA-256=4REjxQ4yrqUVicfSKYNO/cF9zNj5ANbzgDZt3/h3Qxo=
CONTENT-DIGEST: sha-256=:4REjxQ4yrqUVicfSKYNO/cF9zNj5ANbzgDZt3/h3Qxo=:
repr-digest: sha-256=:4REjxQ4yrqUVicfSKYNO/cF9zNj5ANbzgDZt3/h3Qxo=:
Signature-Input: sig1=("content-digest");keyid="a"
Signature: sig1=:YWJj:
X-Digest: abc

<!doctype html><head><title>Shop</title>
--- request
GET /page.html
--- response_headers
! Content-MD5
! Digest
! Content-Digest
! Repr-Digest
! Signature-Input
! Signature
X-Digest: abc
--- response_body chomp
<!doctype html><head>[tag]<title>Shop</title>



=== TEST 30: nor with one whose length nobody knows
--- website
location = /page.html { proxy_pass $ORIGIN; }
--- origin
HTTP/1.0 200 OK
Content-Type: text/html; charset=utf-8
Repr-Digest: sha-256=:4REjxQ4yrqUVicfSKYNO/cF9zNj5ANbzgDZt3/h3Qxo=:

<!doctype html><head><title>Shop</title>
--- request
GET /page.html
--- response_headers
! Repr-Digest
--- response_body chomp
<!doctype html><head>[tag]<title>Shop</title>



=== TEST 31: those of a fragment do
--- website
location = /list.html { proxy_pass $ORIGIN; }
--- origin
HTTP/1.1 200 OK
Content-Type: text/html; charset=utf-8
Content-Length: [length]
Content-MD5: Q2hlY2sgSW50ZWdyaXR5IQ==
Repr-Digest: sha-256=:4REjxQ4yrqUVicfSKYNO/cF9zNj5ANbzgDZt3/h3Qxo=:

<li>A product</li>
--- request
GET /list.html
--- response_headers
Content-MD5: Q2hlY2sgSW50ZWdyaXR5IQ==
Repr-Digest: sha-256=:4REjxQ4yrqUVicfSKYNO/cF9zNj5ANbzgDZt3/h3Qxo=:
--- response_body chomp
<li>A product</li>



=== TEST 32: what caches are told stays, and nothing tells of the tag
--- website
location = /page.html { proxy_pass $ORIGIN; }
--- origin
HTTP/1.1 200 OK
Content-Type: text/html; charset=utf-8
Content-Length: [length]
Age: 12
Cache-Control: public, max-age=60
Expires: Thu, 01 Dec 2044 16:00:00 GMT
Vary: Accept-Language

<!doctype html><head><title>Shop</title>
--- request
GET /page.html
--- response_headers
Age: 12
Cache-Control: public, max-age=60
Expires: Thu, 01 Dec 2044 16:00:00 GMT
Vary: Accept-Language
! Link
! X-Aep
--- raw_response_headers_unlike: (?i)aep|Set-Cookie
--- response_body chomp
<!doctype html><head>[tag]<title>Shop</title>



=== TEST 33: a page that must not be transformed gets the tag: this is the shop's own server
--- website
location = /page.html { proxy_pass $ORIGIN; }
--- origin
HTTP/1.1 200 OK
Content-Type: text/html; charset=utf-8
Content-Length: [length]
Cache-Control: no-transform, max-age=60

<!doctype html><head><title>Shop</title>
--- request
GET /page.html
--- response_headers
Cache-Control: no-transform, max-age=60
--- response_body chomp
<!doctype html><head>[tag]<title>Shop</title>



=== TEST 34: unless the shop wants that to be kept
--- http
map $upstream_http_cache_control $tag {
    default           on;
    "~no-transform"   off;
}
--- website
aep_inject $tag;
location = /page.html { proxy_pass $ORIGIN; }
location = /here { default_type text/html; charset utf-8; return 200 "<!doctype html><head>"; }
--- origin
HTTP/1.1 200 OK
Content-Type: text/html; charset=utf-8
Content-Length: [length]
Cache-Control: no-transform

<!doctype html><head><title>Shop</title>
--- request eval
['GET /page.html', 'GET /here']
--- response_body eval
['<!doctype html><head><title>Shop</title>', '<!doctype html><head>[tag]']



=== TEST 35: a copy of a fragment is good in HTTP/2, too, and the connection goes on
--- http2
--- website eval: $::website
--- user_files eval: $::files
--- request eval
['GET /list.html', 'GET /page.html']
--- more_headers eval
["Accept: text/html\nIf-None-Match: $::fragment_etag", 'Accept: text/html']
--- error_code eval
[304, 200]
--- response_headers eval
["etag: $::fragment_etag", 'X-None: ']
--- response_body eval
['', $::page_with_tag]



=== TEST 36: several parts of a large fragment that nginx reads in pieces, or sends from its file, and from its cache
--- http
proxy_cache_path cache keys_zone=pages:1m;
server {
    listen $TEST_NGINX_RAND_PORT_1;
    root html;
}
--- website
location / {
    root            html;
    output_buffers  2 1k;
}
location /sendfile/ {
    alias     html/;
    sendfile  on;
}
location /aio/ {
    alias           html/;
    aio             threads;
    output_buffers  2 1k;
}
location /cache/ {
    proxy_pass         http://127.0.0.1:$TEST_NGINX_RAND_PORT_1/;
    proxy_cache        pages;
    proxy_cache_valid  1m;
}
--- user_files eval
">>> list.html\n$::numbers"
--- request eval
['GET /cache/list.html', map "GET /${_}list.html", '', 'sendfile/', 'aio/', 'cache/']
--- more_headers eval
['X-None: 0', ('Range: bytes=8-15,20000-20007,-8') x 4]
--- error_code eval
[200, (206) x 4]
--- response_body_like eval
['', ($::parts->('8-15/40000' => '0000001 ', '20000-20007/40000' => '0002500 ', '39992-39999/40000' => '0004999 ')) x 4]



=== TEST 37: parts of a fragment that is compressed, and parts beyond its end
--- http
proxy_cache_path cache keys_zone=pages:1m;
server {
    listen $TEST_NGINX_RAND_PORT_1;
    location / { root html; types { } default_type text/html; add_header Content-Encoding gzip; }
}
--- website
location / {
    proxy_pass         http://127.0.0.1:$TEST_NGINX_RAND_PORT_1;
    proxy_cache        pages;
    proxy_cache_valid  1m;
}
--- user_files eval
">>> list\n" . ($::gzipped = Compress::Zlib::memGzip('<li>A product</li>' x 100))
--- request eval
[('GET /list') x 4]
--- more_headers eval
['X-None: 0', 'Range: bytes=2-5', 'Range: bytes=0-1,4-5', 'Range: bytes=50000-']
--- error_code eval
[200, 206, 206, 416]
--- raw_response_headers_unlike eval
[('^$') x 3, 'Content-Encoding']
--- response_body_like eval
['', qr{\A\Q${\substr $::gzipped, 2, 4}\E\z},
 $::parts->(map { ("$_->[0]-$_->[1]/" . CORE::length $::gzipped, substr $::gzipped, $_->[0], 2) } [0, 1], [4, 5]),
 '416 Requested Range Not Satisfiable']



=== TEST 38: a part of a fragment with trailers, which leaves in chunks
--- website
location = /at_once { proxy_pass $ORIGIN; proxy_force_ranges on; add_trailer X-Trailer ""; }
location = /undecided { proxy_pass $ORIGIN/spaces; proxy_force_ranges on; add_trailer X-Trailer ""; }
--- origin
HTTP/1.1 200 OK
Content-Type: text/html
Content-Length: [length]

 [pause] [pause]abcdefghij
--- request eval
[('GET /at_once', 'GET /undecided') x 2]
--- more_headers eval
[('Range: bytes=-3') x 2, ('Range: bytes=4-5') x 2]
--- error_code eval
[(206) x 4]
--- response_body eval
[('hij') x 2, ('cd') x 2]



=== TEST 39: the connection goes on behind a part beyond the end of a fragment, wherever that comes from
--- http
server {
    listen $TEST_NGINX_RAND_PORT_1;
    root html;
}
--- website
proxy_force_ranges  on;
proxy_set_header    Range "";
location / { root html; }
location /proxied/ { proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1/; }
location /unbuffered/ { proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1/; proxy_buffering off; }
location /here { default_type text/html; return 200 abcdefghij; }
--- user_files eval
">>> list.html\n$::numbers"
--- pipelined_requests eval
[map { ("GET $_", 'GET /here') } '/list.html', '/proxied/list.html', '/unbuffered/list.html']
--- more_headers eval
[('Range: bytes=50000-', 'X-None: 0') x 3]
--- error_code eval
[(416, 200) x 3]
--- response_body_like eval
[('^<html>\r\n<head><title>416 [^<]+</title></head>\r\n<body>\r\n<center>[^\n]+\n<hr><center>[^\n]+\n</body>\r\n</html>\r\n$', '^abcdefghij$') x 3]



=== TEST 40: where the fragment's first bytes do not tell, too
--- website
location = /list { proxy_pass $ORIGIN; proxy_force_ranges on; }
location = /unbuffered { proxy_pass $ORIGIN; proxy_force_ranges on; proxy_buffering off; }
location = /here { default_type text/html; return 200 abcdefghij; }
--- origin
HTTP/1.1 200 OK
Content-Type: text/html
Content-Length: [length]

 [pause] [pause]abcdefghij[pause]klm
--- pipelined_requests eval
['GET /list', 'GET /here', 'GET /unbuffered', 'GET /here']
--- more_headers eval
[('Range: bytes=50-', 'X-None: 0') x 2]
--- error_code eval
[(416, 200) x 2]
--- response_body_like eval
[('416 Requested Range Not Satisfiable', '^abcdefghij$') x 2]



=== TEST 41: a page of the shop's for such a part comes whole, though it takes more than one write
--- website
charset utf-8;
error_page 416 /416.html;
location / { root html; }
location /proxied/ { proxy_pass $ORIGIN; proxy_force_ranges on; }
location = /proxied/416.html { root html; }
--- origin
HTTP/1.1 200 OK
Content-Type: text/html
Content-Length: [length]

 [pause]abcdefghij
--- user_files eval
">>> list.html\n$::fragment\n>>> 416.html\n<!doctype html><head><meta charset=utf-8>" . '<p>No such part' x 1000000
--- request eval
['GET /list.html', 'GET /proxied/list']
--- more_headers
Range: bytes=50-
--- error_code eval
[416, 416]
--- response_body eval
[("<!doctype html><head>[tag]<meta charset=utf-8>" . '<p>No such part' x 1000000) x 2]
