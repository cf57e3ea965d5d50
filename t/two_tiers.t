use AepShop 'no_plan';

add_block_preprocessor(sub {
    my $block = shift;
    $block->set_value('http', "log_format tag 'tag=\$aep_tag.';\n" . ($block->http // ''));
    $block->set_value('website', "access_log logs/access.log tag;\n" . $block->website);
});

# A page that comes from another nginx with this module has its tag: one is enough.

our $tagged = '<!doctype html><html><head><script async src="/aep/0123456789abcdef0123.js" data-aep="{}"></script>'
    . '<title>Shop</title></head><body>Welcome</body></html>';
our $implied = '<!doctype html><script async src="/aep/0123456789abcdef0123.js" data-aep="{}"></script><title>Shop</title>';
our $other = '<!doctype html><html><head><script src="/shop.js"></script></head><body>Welcome</body></html>';

no_root_location();
run_tests();

__DATA__

=== TEST 1: a page with the tag stays as it is
--- website
location = /page.html { proxy_pass $ORIGIN; }
--- origin eval: "HTTP/1.1 200 OK\nContent-Type: text/html; charset=utf-8\nETag: \"abc\"\nContent-Length: [length]\n\n$::tagged"
--- request
GET /page.html
--- response_headers
ETag: "abc"
--- response_body eval: $::tagged =~ s/<script.*<.script>/[tag]/r
--- access_log
tag=tagged.



=== TEST 2: in single bytes
--- website
location = /page.html { proxy_pass $ORIGIN; }
--- origin eval: "HTTP/1.0 200 OK\nContent-Type: text/html; charset=utf-8\n\n$::tagged"
--- origin_piece_size: 1
--- request
GET /page.html
--- response_body eval: $::tagged =~ s/<script.*<.script>/[tag]/r
--- access_log
tag=tagged.



=== TEST 3: a page without a head tag
--- website
location = /page.html { proxy_pass $ORIGIN; }
--- origin eval: "HTTP/1.1 200 OK\nContent-Type: text/html; charset=utf-8\nContent-Length: [length]\n\n$::implied"
--- request
GET /page.html
--- response_body eval: $::implied =~ s/<script.*<.script>/[tag]/r



=== TEST 4: a page that begins with another script gets the tag
--- website
location = /page.html { proxy_pass $ORIGIN; }
--- origin eval: "HTTP/1.1 200 OK\nContent-Type: text/html; charset=utf-8\nContent-Length: [length]\n\n$::other"
--- request
GET /page.html
--- response_body eval: $::other =~ s/(?=<script)/[tag]/r



=== TEST 5: two nginx in a row, one tag
--- website
location = /page.html { proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/inner/page.html; proxy_set_header Host $host; }
location = /inner/page.html { proxy_pass $ORIGIN/page.html; }
--- origin eval: "HTTP/1.1 200 OK\nContent-Type: text/html; charset=utf-8\nETag: \"abc\"\nContent-Length: [length]\n\n$::other"
--- request
GET /page.html
--- response_body eval: $::other =~ s/(?=<script)/[tag]/r



=== TEST 6: two nginx in a row, compressed between them
--- website
location = /page.html { proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/inner/page.html; proxy_set_header Accept-Encoding gzip; proxy_set_header Host $host; gunzip on; }
location = /inner/page.html { gzip on; gzip_min_length 1; gzip_proxied any; proxy_pass $ORIGIN/page.html; }
--- origin eval: "HTTP/1.1 200 OK\nContent-Type: text/html; charset=utf-8\nContent-Length: [length]\n\n$::other"
--- request
GET /page.html
--- response_body eval: $::other =~ s/(?=<script)/[tag]/r
