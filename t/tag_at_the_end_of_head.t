use AepShop 'no_plan';

add_block_preprocessor(sub {
    my $block = shift;
    $block->set_value('http', "log_format tag 'tag=\$aep_tag.';\n" . ($block->http // ''));
    $block->set_value('website', "access_log logs/access.log tag;\n" . $block->website);
});

no_root_location();
run_tests();

__DATA__

=== TEST 1: last in the head, if it is to go there
--- website
charset utf-8;
aep_tag_place head_end;
location / { root html; }
--- user_files
>>> page.html
<!doctype html><html><head><meta charset="utf-8"><base href="/"><title></head></title>
</head><body></body></html>
--- request
GET /page.html
--- response_body
<!doctype html><html><head><meta charset="utf-8"><base href="/"><title></head></title>
[tag]</head><body></body></html>



=== TEST 2: at the end of the head, where a browser would close it
--- website
aep_tag_place head_end;
location / { root html; }
--- user_files
>>> page.html
<!doctype html><title>Shop</title>
<link rel=icon href=a>
<p>Welcome
--- request
GET /page.html
--- response_body
<!doctype html><title>Shop</title>
<link rel=icon href=a>
[tag]<p>Welcome



=== TEST 3: at the end of the head, behind a policy that lets it through as it is
--- website
aep_tag_place head_end;
location / { root html; }
--- user_files
>>> page.html
<!doctype html><head><meta http-equiv="Content-Security-Policy" content="script-src &#39;self&#39;"><title>Shop</title></head>
--- request
GET /page.html
--- response_body
<!doctype html><head><meta http-equiv="Content-Security-Policy" content="script-src &#39;self&#39;"><title>Shop</title>[tag]</head>



=== TEST 4: before a policy that blocks it, though it is to go to the end of the head
--- website
aep_tag_place head_end;
location / { root html; }
--- user_files
>>> page.html
<!doctype html><head><title>Shop</title><meta http-equiv="Content-Security-Policy" content="script-src 'none'"></head>
--- request
GET /page.html
--- response_body
<!doctype html><head><title>Shop</title>[tag]<meta http-equiv="Content-Security-Policy" content="script-src 'none'"></head>
--- access_log
tag=injected.



=== TEST 5: before a policy that wants a nonce, though it is to go to the end of the head
--- website
aep_tag_place head_end;
location / { root html; }
--- user_files
>>> page.html
<!doctype html><head><title>Shop</title><meta http-equiv="Content-Security-Policy" content="script-src 'nonce-abc'"></head>
--- request
GET /page.html
--- response_body
<!doctype html><head><title>Shop</title>[tag]<meta http-equiv="Content-Security-Policy" content="script-src 'nonce-abc'"></head>



=== TEST 6: behind a policy that wants the nonce of the header's policy, which the tag has
--- website
aep_tag_place head_end;
location / { root html; add_header Content-Security-Policy "script-src 'nonce-abc'"; }
--- user_files
>>> page.html
<!doctype html><head><title>Shop</title><meta http-equiv="Content-Security-Policy" content="script-src 'nonce-abc'"></head>
--- request
GET /page.html
--- response_body
<!doctype html><head><title>Shop</title><meta http-equiv="Content-Security-Policy" content="script-src 'nonce-abc'">[tag nonce="abc"]</head>



=== TEST 7: before a base that leads to another host, though it is to go to the end of the head
--- website
aep_tag_place head_end;
location / { root html; }
--- user_files
>>> page.html
<!doctype html><head><title>Shop</title><base href="https://cdn.example/"></head>
--- request
GET /page.html
--- response_body
<!doctype html><head><title>Shop</title>[tag]<base href="https://cdn.example/"></head>



=== TEST 8: nowhere in a page that has the tag at the end of its head; spaces make up for its length
--- website
charset utf-8;
aep_tag_place head_end;
location = /page.html { proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/inner/page.html; proxy_set_header Host $host; }
location /inner/ { alias html/; }
--- user_files
>>> page.html
<!doctype html><head><title>Shop</title></head>
--- request
GET /page.html
--- response_body_like chomp
\A<!doctype html><head><title>Shop</title>\[tag\]</head>\n {300,}\z
--- access_log
tag=tagged.



=== TEST 9: nowhere in a head that is not closed for lack of an end tag of its script; of unknown length
--- website
aep_tag_place head_end;
location = /page.html { proxy_pass $ORIGIN; proxy_http_version 1.1; }
--- origin
HTTP/1.0 200 OK
Content-Type: text/html; charset=utf-8

<!doctype html><head><script>var a = '</head>';
--- request
GET /page.html
--- response_body chomp
<!doctype html><head><script>var a = '</head>';
--- access_log
tag=no_head.



=== TEST 10: one tag where two nginx in a row have it first in the head and last
--- website
charset utf-8;
location = /page.html {
    aep_tag_place     head_end;
    proxy_pass        http://127.0.0.1:$TEST_NGINX_SERVER_PORT/inner/page.html;
    proxy_set_header  Host $host;
}
location /inner/ { alias html/; }
--- user_files
>>> page.html
<!doctype html><head><title>Shop</title></head>
--- request
GET /page.html
--- response_body
<!doctype html><head>[tag]<title>Shop</title></head>
--- access_log
tag=tagged.
