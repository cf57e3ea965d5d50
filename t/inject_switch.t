use AepShop 'no_plan';

our $html = 'default_type text/html; return 200 "<!doctype html><head>";';

no_root_location();
run_tests();

__DATA__

=== TEST 1: off in a location
--- website eval
"location / { $::html } location /admin/ { aep_inject off; $::html }"
--- request eval
['GET /', 'GET /admin/']
--- response_body eval
['<!doctype html><head>[tag]', '<!doctype html><head>']
--- response_headers eval
['X-None: ', 'Content-Length: 21']



=== TEST 2: off in the server block, on in a location
--- website eval
"aep_inject off; location / { $::html } location /shop/ { aep_inject on; $::html }"
--- request eval
['GET /', 'GET /shop/']
--- response_body eval
['<!doctype html><head>', '<!doctype html><head>[tag]']



=== TEST 3: off in the http block, on in the server block
--- http
aep_inject off;
--- website eval
"aep_inject on; location / { $::html }"
--- request
GET /
--- response_body chomp
<!doctype html><head>[tag]



=== TEST 4: a variable
--- website eval
"location / { aep_inject \$arg_tag; $::html }"
--- request eval
['GET /', 'GET /?tag=', 'GET /?tag=0', 'GET /?tag=off', 'GET /?tag=1', 'GET /?tag=on', 'GET /?tag=yes']
--- response_body eval
[('<!doctype html><head>') x 4, ('<!doctype html><head>[tag]') x 3]



=== TEST 5: a map by the path, in the http block
--- http
map $uri $tag {
    default    on;
    ~^/admin/  off;
    ~^/rest/   off;
}
aep_inject $tag;
--- website eval
"location / { $::html }"
--- request eval
['GET /', 'GET /admin/', 'GET /rest/V1/', 'GET /cart']
--- response_body eval
['<!doctype html><head>[tag]', '<!doctype html><head>', '<!doctype html><head>', '<!doctype html><head>[tag]']



=== TEST 6: several variables in one value
--- website eval
"location / { aep_inject \$arg_a\$arg_b; $::html }"
--- request eval
['GET /', 'GET /?a=o&b=ff', 'GET /?a=o&b=n']
--- response_body eval
['<!doctype html><head>', '<!doctype html><head>', '<!doctype html><head>[tag]']



=== TEST 7: the SDK file and the gateway do not need it
--- website
aep_inject off;
--- request eval
['GET /aep/0.js', 'POST /ee/v1/nothing']
--- error_code eval
[200, 404]
--- response_headers_like eval
['Content-Type: text/javascript; charset=utf-8', 'Content-Type: application/problem\+json.*']



=== TEST 8: a server without storefront events, which has no tags to switch on
--- config eval
"aep_inject on; location / { $::html }"
--- request
GET /
--- response_body chomp
<!doctype html><head>
