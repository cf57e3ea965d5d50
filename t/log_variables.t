use AepShop 'no_plan';

# Each block looks at what the access log says.
add_block_preprocessor(sub {
    my $block = shift;
    my $server = defined $block->config ? 'config' : 'website';
    $block->set_value('http', "log_format tag 'tag=\$aep_tag.';\n" . ($block->http // ''));
    $block->set_value($server, "access_log logs/access.log tag;\n" . $block->$server);
});

our $html = 'default_type text/html; return 200 "<!doctype html><head>";';

no_root_location();
run_tests();

__DATA__

=== TEST 1: a page with a tag
--- website eval: "location / { $::html }"
--- request
GET /
--- access_log
tag=injected.



=== TEST 2: a page whose tag defers to the shop's own Web SDK
--- website eval: "aep_web_sdk_name alloy; location / { $::html }"
--- request
GET /
--- access_log
tag=deferred.



=== TEST 3: a server without storefront events
--- config eval: "location / { $::html }"
--- request
GET /
--- access_log
tag=off.



=== TEST 4: a location without
--- website eval: "location / { aep_inject off; $::html }"
--- request
GET /
--- access_log
tag=off.



=== TEST 5: other types
--- website
location / { return 200 "Hello"; }
--- request
GET /
--- access_log
tag=not_html.



=== TEST 6: a fragment
--- website
location / { default_type text/html; return 200 "<p>Hello"; }
--- request
GET /
--- access_log
tag=fragment.



=== TEST 7: a page with no place for a tag
--- website
location / { default_type text/html; return 200 "<!doctype html><!-- <head>"; }
--- request
GET /
--- access_log
tag=no_head.



=== TEST 8: an AMP page
--- website
location / { default_type text/html; return 200 "<!doctype html><html amp><head>"; }
--- request
GET /
--- access_log
tag=amp.



=== TEST 9: an encoding in which there is no tag, by the header
--- website
location / { default_type "text/html; charset=utf-16"; return 200 "<!doctype html><head>"; }
--- request
GET /
--- access_log
tag=charset.



=== TEST 10: an encoding in which there is no tag, by its first bytes
--- website
location / { root html; }
--- user_files eval
">>> page.html\n\xfe\xff\0<\0h\0t\0m\0l\0>"
--- request
GET /page.html
--- access_log
tag=charset.



=== TEST 11: a download
--- website eval: "location / { add_header Content-Disposition attachment; $::html }"
--- request
GET /
--- access_log
tag=attachment.



=== TEST 12: a compressed page
--- website
location / { proxy_pass $ORIGIN; }
--- origin
HTTP/1.1 200 OK
Content-Type: text/html
Content-Encoding: zstd

abc
--- request
GET /
--- access_log
tag=encoded.



=== TEST 13: a status that no page has
--- website
location / { return 204; }
--- request
GET /
--- error_code: 204
--- access_log
tag=status.



=== TEST 14: an error page that nginx made
--- website
location / { return 404; }
--- request
GET /
--- error_code: 404
--- access_log
tag=nginx_page.



=== TEST 15: a request that is none
--- website eval: "location / { $::html }"
--- raw_request eval: "GET / HTTP/1.1\r\nHost: a b\r\n\r\n"
--- error_code: 400
--- access_log
tag=nginx_page.



=== TEST 16: the module's own locations
--- website
--- request
GET /aep/a.js
--- access_log
tag=not_html.



=== TEST 17: a page that was sent to another place within nginx
--- website eval: "error_page 404 /404; location / { return 404; } location = /404 { $::html }"
--- request
GET /
--- error_code: 404
--- access_log
tag=injected.



=== TEST 18: a HEAD
--- website eval: "location / { $::html }"
--- request
HEAD /
--- access_log
tag=injected.



=== TEST 19: the gateway's variables are empty for a page
--- http
log_format all 'all=$aep_event_types|$aep_outcome|$aep_edge_time|$aep_request_id.';
--- website eval: "access_log logs/access.log all; location / { $::html }"
--- request
GET /
--- access_log
all=-|-|-|-.



=== TEST 20: a header that nginx adds cannot tell yet
--- website eval: "location / { add_header X-Tag \$aep_tag; $::html }"
--- request
GET /
--- response_headers
X-Tag: searching
--- access_log
tag=injected.



=== TEST 21: but it can tell what has no chance
--- website
location / { add_header X-Tag $aep_tag; return 200 "Hello"; }
--- request
GET /
--- response_headers
X-Tag: not_html
--- access_log
tag=not_html.
