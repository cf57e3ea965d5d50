use AepShop 'no_plan';

our $html = 'default_type text/html; return 200 "<!doctype html><head>";';

no_root_location();
run_tests();

__DATA__

=== TEST 1: where a page belongs is in its tag
--- website eval
"aep_commerce_scope environment=production website=base store=main store_view=en; location / { $::html }"
--- request
GET /
--- data_aep
scope is {"environment":"production","website":"base","store":"main","storeView":"en"}



=== TEST 2: a part of it
--- website eval
"aep_commerce_scope store_view=en; location / { $::html }"
--- request
GET /
--- data_aep
scope is {"storeView":"en"}



=== TEST 3: a location of each store view
--- website eval
"aep_commerce_scope website=base store_view=en; location / { $::html } "
. "location /de/ { aep_commerce_scope website=base store_view=de; $::html }"
--- request
GET /de/
--- data_aep
scope is {"website":"base","storeView":"de"}



=== TEST 4: variables
--- http
map $host $view { default en; de.shop.example de; }
--- website eval
"aep_commerce_scope website=base store_view=\$view; location / { $::html }"
--- request
GET /
--- more_headers
Host: de.shop.example
--- data_aep
scope is {"website":"base","storeView":"de"}



=== TEST 5: a variable within a value, and one that is empty
--- website eval
"aep_commerce_scope website=base_\$arg_site store=\$arg_store; location / { $::html }"
--- request
GET /?site=eu
--- data_aep
scope is {"website":"base_eu"}



=== TEST 6: variables that are all empty
--- website eval
"aep_commerce_scope website=\$arg_site; location / { $::html }"
--- request
GET /
--- data_aep
scope absent



=== TEST 7: what a visitor writes into a variable cannot leave the tag
--- website eval
"aep_commerce_scope website=\$http_x_site; location / { $::html }"
--- request
GET /
--- more_headers
X-Site: "></script><script>alert(1)</script>&quot;\u0022',"x":"
--- tag_count: 1
--- response_body chomp
<!doctype html><head>[tag]
--- data_aep
scope is {"website":"\"></script><script>alert(1)</script>&quot;\\u0022',\"x\":\""}



=== TEST 8: text beyond ASCII
--- website eval
"aep_commerce_scope website=\$http_x_site; location / { $::html }"
--- request
GET /
--- more_headers eval
"X-Site: Caf\xc3\xa9 \xf0\x9f\x9b\x92 \xff"
--- data_aep
scope is {"website":"Caf\u00e9 \ud83d\uded2 \ufffd"}



=== TEST 9: a scope with spaces
--- website eval
"aep_commerce_scope 'website=North Shop' \"store=a;b\"; location / { $::html }"
--- request
GET /
--- data_aep
scope is {"website":"North Shop","store":"a;b"}
