use AepShop 'no_plan';

our $html = 'location / { default_type text/html; return 200 "<!doctype html><head>"; }';
our $map  = <<'CONFIG';
map $host $datastream {
    a.shop.example  ebebf826-a01f-4458-8cec-ef61de241c93;
    b.shop.example  b93e7d58-15fa-4c26-8e70-4d2a6c81f0b5:stage;
    c.shop.example  wrong;
}
CONFIG
our $website = "aep_datastream_id \$datastream; include \$TEST_NGINX_WEBSITE_INC; $html";

no_root_location();
run_tests();

__DATA__

=== TEST 1: each website behind one server block has its own datastream
--- http eval: $::map
--- config eval: $::website
--- request
GET /
--- more_headers
Host: a.shop.example
--- data_aep
datastream is "ebebf826-a01f-4458-8cec-ef61de241c93"



=== TEST 2: another one
--- http eval: $::map
--- config eval: $::website
--- request
GET /
--- more_headers
Host: b.shop.example
--- data_aep
datastream is "b93e7d58-15fa-4c26-8e70-4d2a6c81f0b5:stage"



=== TEST 3: a wrong ID means no tag and one line in the log
--- http eval: $::map
--- config eval: $::website
--- request
GET /
--- more_headers
Host: c.shop.example
--- response_headers
Content-Length: 21
--- response_body chomp
<!doctype html><head>
--- grep_error_log eval
qr/\[error\].*?aep: "aep_datastream_id" gave "wrong" for this request: expected a datastream ID, as [-\w]+/
--- grep_error_log_out eval
qr/^\[error\].*\n$/



=== TEST 4: no ID, too
--- http eval: $::map
--- config eval: $::website
--- request
GET /
--- more_headers
Host: d.shop.example
--- response_body chomp
<!doctype html><head>
--- error_log
[error]
aep: "aep_datastream_id" gave "" for this request



=== TEST 5: the log names a wrong ID only for pages
--- http eval: $::map
--- config eval
'location /cart.json { return 200 "{}"; } ' . $::website
--- request
GET /cart.json
--- more_headers
Host: c.shop.example
--- response_body chomp
{}



=== TEST 6: a wrong ID at the gateway
--- http eval: $::map
--- config eval: $::website
--- request
POST /ee/v1/interact?requestId=r1
{"events":[{"xdm":{}}]}
--- more_headers
Host: c.shop.example
Origin: https://c.shop.example
Content-Type: text/plain
--- error_code: 404
--- error_log
[error]
aep: "aep_datastream_id" gave "wrong" for this request



=== TEST 7: a visitor cannot write lines into the log
--- config eval
"aep_datastream_id \$uri; include \$TEST_NGINX_WEBSITE_INC; $::html"
--- request eval
"GET /%0a1970/01/01%20forged%20%1b" . 'x' x 200
--- response_body chomp
<!doctype html><head>
--- grep_error_log eval
qr/\[error\][^\n]*aep: "aep_datastream_id" gave .*/
--- grep_error_log_out eval
qr{^\[error\].* gave "/\\n1970/01/01 forged \\u001[bB]x{20,80}\.\.\." for this request: expected .*\n$}



=== TEST 8: no ID is needed where the shop runs its own Web SDK
--- http eval: $::map
--- config eval
$::website . 'aep_web_sdk_name shopAlloy;'
--- request
GET /
--- more_headers
Host: c.shop.example
--- data_aep
sdk         is "shopAlloy"
datastream  absent



=== TEST 9: a page of one website is not for another
--- http eval: $::map
--- config eval: $::website
--- pipelined_requests eval
['GET /', 'GET /', 'GET /']
--- more_headers eval
['Host: a.shop.example', 'Host: b.shop.example', 'Host: a.shop.example']
--- response_body_filters eval
sub { (AepTag::data($_[0]))[0] =~ /"datastream":"(.*?)"/; $1 }
--- response_body eval
['ebebf826-a01f-4458-8cec-ef61de241c93', 'b93e7d58-15fa-4c26-8e70-4d2a6c81f0b5:stage',
 'ebebf826-a01f-4458-8cec-ef61de241c93']
