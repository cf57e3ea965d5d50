use AepGateway 'no_plan';

run_tests();

__DATA__

=== TEST 1: the opt-out cookie: nothing is sent, the page gets an answer that alloy takes
--- more_headers
Cookie: cart=1; mg_dnt=0
--- request
POST /ee/v1/interact?requestId=r-1
{"events":[{"xdm":{}}]}
--- edge_gets: nothing
--- answer
requestId is "r-1"
handle is []
--- response_headers
Content-Type: application/json;charset=utf-8
X-Outcome: consent
! Set-Cookie



=== TEST 2: it counts whatever its value is, also without one
--- more_headers
Cookie: mg_dnt
--- request
POST /ee/v1/interact
{"events":[{"xdm":{}}]}
--- edge_gets: nothing
--- response_headers
X-Outcome: consent



=== TEST 3: a cookie that only begins or ends like it means nothing
--- more_headers
Cookie: mg_dnt2=1; xmg_dnt=1; x=mg_dnt
--- request
POST /ee/v1/interact
{"events":[{"xdm":{}}]}
--- response_headers
X-Outcome: delivered



=== TEST 4: another name for it
--- website
    aep_opt_out_cookie  no_tracking;
--- more_headers
Cookie: no_tracking=1
--- request
POST /ee/v1/interact
{"events":[{"xdm":{}}]}
--- edge_gets: nothing
--- response_headers
X-Outcome: consent



=== TEST 5: then the usual one means nothing
--- website
    aep_opt_out_cookie  no_tracking;
--- more_headers
Cookie: mg_dnt=1
--- request
POST /ee/v1/interact
{"events":[{"xdm":{}}]}
--- response_headers
X-Outcome: delivered



=== TEST 6: no such cookie at all
--- website
    aep_opt_out_cookie  off;
--- more_headers
Cookie: mg_dnt=1; off=1
--- request
POST /ee/v1/interact
{"events":[{"xdm":{}}]}
--- response_headers
X-Outcome: delivered



=== TEST 7: Global Privacy Control, which wins over a stored yes
--- more_headers
Sec-GPC: 1
Cookie: kndctr_0123456789ABCDEF01234567_AdobeOrg_consent=general=in
--- request
POST /ee/v1/interact
{"events":[{"xdm":{}}]}
--- edge_gets: nothing
--- response_headers
X-Outcome: consent



=== TEST 8: it can be switched off
--- website
    aep_global_privacy_control  off;
--- more_headers
Sec-GPC: 1
--- request
POST /ee/v1/interact
{"events":[{"xdm":{}}]}
--- response_headers
X-Outcome: delivered



=== TEST 9: only 1 is a signal
--- more_headers
Sec-GPC: 0
--- request
POST /ee/v1/interact
{"events":[{"xdm":{}}]}
--- response_headers
X-Outcome: delivered



=== TEST 10: Adobe's consent cookie
--- more_headers
Cookie: kndctr_0123456789ABCDEF01234567_AdobeOrg_consent=general%3Dout
--- request
POST /ee/v1/interact
{"events":[{"xdm":{}}]}
--- edge_gets: nothing
--- response_headers
X-Outcome: consent



=== TEST 11: that of another organization means nothing
--- more_headers
Cookie: kndctr_FFFFFFFFFFFFFFFFFFFFFFFF_AdobeOrg_consent=general=out
--- request
POST /ee/v1/interact
{"events":[{"xdm":{}}]}
--- response_headers
X-Outcome: delivered



=== TEST 12: collect and media: an empty answer
--- more_headers
Cookie: mg_dnt=1
--- request eval
["POST /ee/v1/collect\n{\"events\":[{\"xdm\":{}}]}", "POST /ee/va/v1/ping\n{\"events\":[{\"xdm\":{}}]}"]
--- error_code eval
[204, 204]
--- edge_gets: nothing



=== TEST 13: acquire: no identity is made
--- more_headers
Sec-GPC: 1
--- request
POST /ee/v1/identity/acquire
{"query":{"identity":{"fetch":["ECID"]}}}
--- edge_gets: nothing
--- answer
handle is []
--- response_headers
! Set-Cookie



=== TEST 14: set-consent always passes, whatever the visitor said before
--- more_headers
Sec-GPC: 1
Cookie: mg_dnt=1; kndctr_0123456789ABCDEF01234567_AdobeOrg_consent=general=out
--- request
POST /ee/v1/privacy/set-consent
{"consent":[{"standard":"Adobe","version":"1.0","value":{"general":"in"}}]}
--- edge_gets
body.consent.0.value.general is "in"
entries.0.value is "general=out"
--- response_headers
X-Outcome: delivered



=== TEST 15: what a visitor objects to is not even read, so it need not be valid
--- more_headers
Cookie: mg_dnt=1
--- request
POST /ee/v1/interact
{"events":
--- edge_gets: nothing
--- response_headers
X-Outcome: consent



=== TEST 16: a large body is thrown away, and the connection goes on
--- pipelined_requests eval
["POST /ee/v1/interact\n" . 'x' x 60000, "POST /ee/v1/collect\n{\"events\":[{\"xdm\":{}}]}"]
--- more_headers
Cookie: mg_dnt=1
--- error_code eval
[200, 204]
