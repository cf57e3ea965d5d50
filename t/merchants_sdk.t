use AepGateway 'no_plan';

run_tests();

__DATA__

=== TEST 1: the merchant's SDK names the datastream itself
--- website
    aep_web_sdk_name  shopAlloy;
--- request
POST /ee/v1/interact?configId=33333333-3333-4333-8333-333333333333
{"events":[{"xdm":{}}]}
--- edge_gets
datastream is "33333333-3333-4333-8333-333333333333"



=== TEST 2: also with an environment
--- website
    aep_web_sdk_name  shopAlloy;
--- request
POST /ee/v1/interact?configId=33333333-3333-4333-8333-333333333333:stage
{"events":[{"xdm":{}}]}
--- edge_gets
datastream is "33333333-3333-4333-8333-333333333333:stage"



=== TEST 3: with a list, a datastream on the list
--- website
    aep_web_sdk_name         shopAlloy;
    aep_web_sdk_datastreams  44444444-4444-4444-8444-444444444444 33333333-3333-4333-8333-333333333333;
--- request
POST /ee/v1/interact?configId=33333333-3333-4333-8333-333333333333
{"events":[{"xdm":{}}]}
--- edge_gets
datastream is "33333333-3333-4333-8333-333333333333"



=== TEST 4: with a list, no other
--- website
    aep_web_sdk_name         shopAlloy;
    aep_web_sdk_datastreams  44444444-4444-4444-8444-444444444444;
--- request eval
[map { "POST /ee/v1/interact?configId=$_\n{\"events\":[{\"xdm\":{}}]}" }
    '33333333-3333-4333-8333-333333333333', '44444444-4444-4444-8444-444444444444x',
    '44444444-4444-4444-8444-444444444444:dev', 'ebebf826-a01f-4458-8cec-ef61de241c93']
--- error_code eval
[(400) x 4]
--- answer
type is "https://ns.adobe.com/aep/errors/EXEG-0003-400"
--- edge_gets: nothing



=== TEST 5: nothing that is no datastream ID
--- website
    aep_web_sdk_name  shopAlloy;
--- request eval
[map { "POST /ee/v1/interact?configId=$_\n{\"events\":[{\"xdm\":{}}]}" }
    'x', '33333333-3333-4333-8333-333333333333%26silent=true', '33333333-3333-4333-8333-333333333333:',
    '33333333-3333-4333-8333-333333333333:a/b', '../../v2/interact', '']
--- error_code eval
[(400) x 6]
--- edge_gets: nothing



=== TEST 6: no datastream at all, though the website has one
--- website
    aep_web_sdk_name  shopAlloy;
--- request
POST /ee/v1/interact?requestId=r
{"events":[{"xdm":{}}]}
--- error_code: 400
--- answer
type is "https://ns.adobe.com/aep/errors/EXEG-0002-400"
--- edge_gets: nothing
--- error_log
"aep_datastream_id" is ignored, because "aep_web_sdk_name" defers



=== TEST 7: overrides of the merchant's SDK are passed on as they came
--- website
    aep_web_sdk_name  shopAlloy;
--- request
POST /ee/v1/interact?configId=33333333-3333-4333-8333-333333333333
{"events":[{"xdm":{}}],"meta":{"sdkConfig":{"datastream":{"original":"x"}},"configOverrides":{"com_adobe_target":{"enabled":false}}}}
--- edge_gets
body.meta.sdkConfig is {"datastream":{"original":"x"}}
body.meta.configOverrides is {"com_adobe_target":{"enabled":false}}



=== TEST 8: everything else holds as for our own: cookies, consent, other sites
--- website
    aep_web_sdk_name  shopAlloy;
--- more_headers
Cookie: kndctr_0123456789ABCDEF01234567_AdobeOrg_consent=general=out; session=secret
--- request
POST /ee/v1/interact?configId=33333333-3333-4333-8333-333333333333
{"events":[{"xdm":{}}]}
--- edge_gets: nothing
--- response_headers
X-Outcome: consent
