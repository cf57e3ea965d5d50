use AepGateway 'no_plan';
use JSON::PP 'decode_json';

# aep_first_party_id: a cookie by which Edge recognizes a visitor without Adobe's own cookies.

our $uuid = qr/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/;
our $kept = '9f6f4d2c-6f0b-4a57-8a3e-0f2f3c1d2e4b';

our $interact = qq(POST /ee/v1/interact
{"events":[{"xdm":{"_id":"a"}}],"meta":{"state":{"domain":"shop.example","cookiesEnabled":true}}});

# "kndctr_..._identity" as the gateway makes it, with the ECID of 38 digits "4186...".
our $minted = 'kndctr_0123456789ABCDEF01234567_AdobeOrg_identity=CiY0MTg2MTY2NjE5MzE0MDE2MTkzNDI3Njg0NTY1MTE0ODg3Njk4OA==';
our $ecid   = '41861666193140161934276845651148876988';

sub consent {
    my ($general) = @_;
    return qq(POST /ee/v1/privacy/set-consent\n{"consent":[{"standard":"Adobe","version":"1.0","value":{"general":"$general"}}]});
}

add_block_preprocessor(sub {
    my $block = shift;
    $block->set_value('website', 'aep_first_party_id on;') unless defined $block->website;
});

run_tests();

__DATA__

=== TEST 1: a first visit gets the cookie, which no script can read, and Edge gets its value
--- request eval: $::interact
--- edge_gets
body.xdm.identityMap.FPID.0.id like ^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$
body.xdm.identityMap.FPID.1 absent
cookies is []
--- raw_response_headers_like eval
qr/Set-Cookie: aep_fpid=$::uuid; Path=\/; Domain=shop\.example; Max-Age=34560000; Secure; SameSite=Lax; HttpOnly\r/



=== TEST 2: a later one keeps it and renews it, and it is no state of Edge
--- more_headers eval
"Cookie: aep_fpid=$::kept"
--- request eval: $::interact
--- edge_gets
body.xdm.identityMap is {"FPID":[{"id":"9f6f4d2c-6f0b-4a57-8a3e-0f2f3c1d2e4b"}]}
body.meta.state.entries absent
headers.cookie absent
--- raw_response_headers_like eval
qr/Set-Cookie: aep_fpid=$::kept; Path=\/; Domain=shop\.example; Max-Age=34560000; Secure; SameSite=Lax; HttpOnly\r/



=== TEST 3: a value that is no UUID of version 4 is replaced
--- more_headers
Cookie: aep_fpid=9F6F4D2C-6F0B-4A57-8A3E-0F2F3C1D2E4B
--- request eval: $::interact
--- edge_gets
body.xdm.identityMap.FPID.0.id unlike 9f6f4d2c|9F6F4D2C
--- raw_response_headers_like eval
qr/Set-Cookie: aep_fpid=$::uuid;/



=== TEST 4: it is off by default
--- website
--- more_headers eval
"Cookie: aep_fpid=$::kept"
--- request eval: $::interact
--- edge_gets
body.xdm absent
--- raw_response_headers_unlike: aep_fpid



=== TEST 5: another name, a shorter life
--- website
    aep_first_party_id  on cookie=id max_age=30d;
--- more_headers
Cookie: aep_fpid=11111111-6f0b-4a57-8a3e-0f2f3c1d2e4b; id=9f6f4d2c-6f0b-4a57-8a3e-0f2f3c1d2e4b
--- request eval: $::interact
--- edge_gets
body.xdm.identityMap.FPID is [{"id":"9f6f4d2c-6f0b-4a57-8a3e-0f2f3c1d2e4b"}]
--- raw_response_headers_like eval
qr/Set-Cookie: id=$::kept; Path=\/; Domain=shop\.example; Max-Age=2592000; Secure; SameSite=Lax; HttpOnly\r/



=== TEST 6: no life is longer than browsers allow
--- website
    aep_first_party_id  on max_age=5y;
--- request eval: $::interact
--- raw_response_headers_like: Set-Cookie: aep_fpid=[^;]+; Path=/; Domain=shop\.example; Max-Age=34560000;



=== TEST 7: a beacon brings it too
--- request
POST /ee/v1/collect
{"events":[{"xdm":{"_id":"a"}}]}
--- error_code: 204
--- raw_response_headers_like: Set-Cookie: aep_fpid=



=== TEST 8: without a domain of its own a host keeps it for itself
--- more_headers
Host: localhost
Origin: https://localhost
--- request
POST /ee/v1/identity/acquire
{"meta":{"state":{"domain":"","cookiesEnabled":true}}}
--- raw_response_headers_like eval
qr/Set-Cookie: aep_fpid=$::uuid; Path=\/; Max-Age=34560000; Secure; SameSite=Lax; HttpOnly\r/



=== TEST 9: where the page keeps no cookies there is none
--- request
POST /ee/v1/interact
{"events":[{"xdm":{"_id":"a"}}],"meta":{"state":{"domain":"shop.example","cookiesEnabled":false}}}
--- raw_response_headers_unlike: aep_fpid



=== TEST 10: a page that names one itself keeps to it
--- request
POST /ee/v1/interact
{"events":[{"xdm":{"_id":"a","identityMap":{"FPID":[{"id":"11111111-6f0b-4a57-8a3e-0f2f3c1d2e4b","primary":true}]}}}]}
--- edge_gets
body.xdm absent
--- raw_response_headers_unlike: aep_fpid



=== TEST 11: with Edge away it is set and renewed all the same
--- edge_mode
{"status":503}
--- more_headers eval
"Cookie: aep_fpid=$::kept"
--- request eval: $::interact
--- error_code: 200
--- answer
handle.0.type is "identity:result"
--- raw_response_headers_like eval
qr/Set-Cookie: kndctr_.*Set-Cookie: aep_fpid=$::kept;/s
--- error_log
Edge answered 503; it is kept for later



=== TEST 12: the identity minted for the page stays at home: Edge knows the visitor by the first-party ID
--- more_headers eval
"Cookie: $::minted; aep_fpid=$::kept"
--- request eval
qq(POST /ee/v1/interact
{"events":[{"xdm":{"_id":"a","identityMap":{"ECID":[{"id":"$::ecid","primary":true}]},"personID":"$::ecid"}}]})
--- edge_gets
body.xdm.identityMap is {"FPID":[{"id":"9f6f4d2c-6f0b-4a57-8a3e-0f2f3c1d2e4b"}]}
body.events.0.xdm is {"_id":"a"}
text unlike 41861666193140161934276845651148876988



=== TEST 13: with set-consent it goes where Edge looks for it there
--- request eval: ::consent('in')
--- edge_gets
body.identityMap.FPID.0.id like ^[0-9a-f-]{36}$
body.xdm absent
--- raw_response_headers_like: Set-Cookie: aep_fpid=



=== TEST 14: who says "out" gets none
--- request eval: ::consent('out')
--- edge_gets
body.identityMap absent
--- raw_response_headers_unlike: aep_fpid



=== TEST 15: who says "out" later says so with the one that is there, which is not renewed
--- more_headers eval
"Cookie: aep_fpid=$::kept"
--- request eval: ::consent('out')
--- edge_gets
body.identityMap is {"FPID":[{"id":"9f6f4d2c-6f0b-4a57-8a3e-0f2f3c1d2e4b"}]}
--- raw_response_headers_unlike: aep_fpid



=== TEST 16: an opted-out visitor gets none, neither with the answer nor for Edge
--- more_headers
Cookie: mg_dnt=1
--- request eval: ::consent('in')
--- edge_gets
body.identityMap absent
--- raw_response_headers_unlike: aep_fpid



=== TEST 17: neither does one with Global Privacy Control; a cookie from before is not renewed
--- more_headers eval
"Sec-GPC: 1\nCookie: aep_fpid=$::kept"
--- request eval: [$::interact, ::consent('in')]
--- error_code eval
[200, 200]
--- raw_response_headers_unlike eval
[qr/aep_fpid/, qr/aep_fpid/]



=== TEST 18: with Edge away no identity is minted for who objects
--- edge_mode
{"status":503}
--- more_headers
Sec-GPC: 1
--- request eval: ::consent('out')
--- answer
handle is []
--- raw_response_headers_unlike: _identity|aep_fpid
--- error_log
Edge answered 503; it is kept for later



=== TEST 19: what is refused brings none
--- request
POST /ee/v1/interact
{"events":
--- error_code: 400
--- raw_response_headers_unlike: aep_fpid



=== TEST 20: a repeat keeps the one that the first answer set
--- pipelined_requests eval
["POST /ee/v1/interact?requestId=r-20\n{\"events\":[{\"xdm\":{}}]}", "POST /ee/v1/interact?requestId=r-20\n{\"events\":[{\"xdm\":{}}]}"]
--- raw_response_headers_like eval
[qr/Set-Cookie: aep_fpid=/, qr/X-Outcome: duplicate/]
--- raw_response_headers_unlike eval
[qr/never/, qr/aep_fpid/]
