use AepGateway 'no_plan';

our $north = '11111111-1111-4111-8111-111111111111';
our $south = '22222222-2222-4222-8222-222222222222';

our $two_websites = <<"CONFIG";
    aep_datastream_id  $north;
    server_name  north.example;
    location ^~ /aep/ { aep_sdk; }
    location ^~ /ee/ { aep_gateway; }
CONFIG

our $http = <<"CONFIG";
    server {
        listen       \$TEST_NGINX_SERVER_PORT;
        server_name  south.example;
        aep_datastream_id  $south:dev;
        location ^~ /aep/ { aep_sdk; }
        location ^~ /ee/ { aep_gateway; }
    }
    server {
        listen       \$TEST_NGINX_SERVER_PORT;
        server_name  plain.example;
        location / { return 204; }
    }
CONFIG

our $variables = <<"CONFIG";
    map \$http_x_store \$datastream {
        north    $north;
        south    $south:stage;
        wrong    $south/../x;
        default  "";
    }
CONFIG

our $by_variable = <<'CONFIG';
    aep_datastream_id  $datastream;
    location ^~ /aep/ { aep_sdk; }
    location ^~ /ee/ { aep_gateway; }
CONFIG

run_tests();

__DATA__

=== TEST 1: events of one website go to its datastream
--- http eval: $::http
--- config eval: $::two_websites
--- more_headers
Host: north.example
Origin: https://north.example
--- request
POST /ee/v1/interact
{"events":[{"xdm":{}}]}
--- edge_gets
datastream is "11111111-1111-4111-8111-111111111111"



=== TEST 2: those of the other to the other, with its environment
--- http eval: $::http
--- config eval: $::two_websites
--- more_headers
Host: south.example
Origin: https://south.example
--- request
POST /ee/v1/interact
{"events":[{"xdm":{}}]}
--- edge_gets
datastream is "22222222-2222-4222-8222-222222222222:dev"



=== TEST 3: whatever datastream the request asks for, in its query or its body
--- http eval: $::http
--- config eval: $::two_websites
--- more_headers
Host: north.example
Origin: https://north.example
--- request
POST /ee/v1/interact?configId=22222222-2222-4222-8222-222222222222&configId=33333333-3333-4333-8333-333333333333&requestId=r
{"events":[{"xdm":{},"meta":{"configOverrides":{"datastreamId":"x"}}}],"meta":{"sdkConfig":{"datastream":{"original":"x"}},"configOverrides":{"com_adobe_target":{"enabled":false}}}}
--- edge_gets
query is {"configId":"11111111-1111-4111-8111-111111111111","requestId":"r"}
body.meta.sdkConfig absent
body.meta.configOverrides absent
body.events.0.meta is {}



=== TEST 4: a request of one website's page to the other's gateway is cross-site
--- http eval: $::http
--- config eval: $::two_websites
--- more_headers
Host: south.example
Origin: https://north.example
Sec-Fetch-Site: cross-site
--- request
POST /ee/v1/interact
{"events":[{"xdm":{}}]}
--- error_code: 403
--- edge_gets: nothing



=== TEST 5: a server without a website is untouched
--- http eval: $::http
--- config eval: $::two_websites
--- more_headers
Host: plain.example
Origin: https://plain.example
--- request
POST /ee/v1/interact
{"events":[{"xdm":{}}]}
--- error_code: 204
--- edge_gets: nothing



=== TEST 6: a variable names the datastream
--- http eval: $::variables
--- config eval: $::by_variable
--- more_headers
X-Store: south
--- request
POST /ee/v1/interact?configId=11111111-1111-4111-8111-111111111111
{"events":[{"xdm":{}}]}
--- edge_gets
datastream is "22222222-2222-4222-8222-222222222222:stage"



=== TEST 7: a variable without a value: no gateway
--- http eval: $::variables
--- config eval: $::by_variable
--- request
POST /ee/v1/interact?configId=11111111-1111-4111-8111-111111111111
{"events":[{"xdm":{}}]}
--- error_code: 404
--- edge_gets: nothing
--- error_log
"aep_datastream_id" gave "" for this request: expected a datastream ID



=== TEST 8: a variable with a wrong value: no gateway, and the log says what was found
--- http eval: $::variables
--- config eval: $::by_variable
--- more_headers
X-Store: wrong
--- request
POST /ee/v1/interact
{"events":[{"xdm":{}}]}
--- error_code: 404
--- edge_gets: nothing
--- error_log
[error]
"aep_datastream_id" gave "22222222-2222-4222-8222-222222222222/../x" for this request
