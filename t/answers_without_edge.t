use AepGateway 'no_plan';
use JSON::PP 'decode_json';
use MIME::Base64 'decode_base64';

# What a page gets while Edge is away has to keep alloy working.

our $acquire = qq(POST /ee/v1/identity/acquire?requestId=r-1
{"query":{"identity":{"fetch":["ECID"]}},"meta":{"state":{"domain":"shop.example","cookiesEnabled":true}}});

# "kndctr_..._identity" with the ECID of 38 digits "4186...", as the gateway makes it: bytes 0A 26 and the digits.
our $minted = 'CiY0MTg2MTY2NjE5MzE0MDE2MTkzNDI3Njg0NTY1MTE0ODg3Njk4OA==';

sub consent {
    my ($consent) = @_;
    return qq(POST /ee/v1/privacy/set-consent\n{"consent":[$consent],"meta":{"state":{"domain":"shop.example","cookiesEnabled":true}}});
}

# The identity that an answer hands out as state is the one that it names: bytes 0A 26 and 38 digits.
add_response_body_check(sub {
    my ($block, $body) = @_;
    return unless defined $block->names_one_visitor;
    my $handle = decode_json($body)->{handle};
    is(decode_base64($handle->[1]{payload}[0]{value}), "\x0a\x26$handle->[0]{payload}[0]{id}", $block->name);
});

run_tests();

__DATA__

=== TEST 1: a new visitor's acquire brings an identity, as the answer and as a cookie
--- edge_mode
{"status":503}
--- request eval: $::acquire
--- error_code: 200
--- answer
requestId is "r-1"
handle.0.type is "identity:result"
handle.0.payload.0.id like ^\d{38}$
handle.0.payload.0.namespace is {"code":"ECID"}
handle.1 absent
--- raw_response_headers_like
Set-Cookie: kndctr_0123456789ABCDEF01234567_AdobeOrg_identity=CiY[A-Za-z0-9+/]{51}==; Path=/; Domain=shop\.example; Max-Age=34128000; Secure; SameSite=None\r
--- error_log
a request (identity/acquire) for datastream "ebebf826-a01f-4458-8cec-ef61de241c93": Edge answered 503; it is answered here



=== TEST 2: the state that holds it names the same visitor
--- edge_mode
{"status":503}
--- more_headers
Host: localhost
Origin: https://localhost
--- request
POST /ee/v1/identity/acquire
{"meta":{"state":{"domain":"","cookiesEnabled":true}}}
--- names_one_visitor
--- error_log
a request (identity/acquire) for datastream "ebebf826-a01f-4458-8cec-ef61de241c93": Edge answered 503; it is answered here



=== TEST 3: so does a new visitor's first event
--- edge_mode
{"status":503}
--- request
POST /ee/v1/interact
{"events":[{"xdm":{}}],"meta":{"state":{"domain":"shop.example","cookiesEnabled":true}}}
--- answer
handle.0.type is "identity:result"
--- raw_response_headers_like: Set-Cookie: kndctr_0123456789ABCDEF01234567_AdobeOrg_identity=CiY
--- error_log
Edge answered 503; it is kept for later



=== TEST 4: without a domain for cookies the page gets it as state to keep
--- edge_mode
{"status":503}
--- more_headers
Host: localhost
Origin: https://localhost
--- request
POST /ee/v1/identity/acquire
{"meta":{"state":{"domain":"","cookiesEnabled":true}}}
--- answer
handle.1.type is "state:store"
handle.1.payload.0.key is "kndctr_0123456789ABCDEF01234567_AdobeOrg_identity"
handle.1.payload.0.value like ^CiY
handle.1.payload.0.maxAge is 34128000
handle.1.payload.0.attrs is {"SameSite":"None"}
--- response_headers
! Set-Cookie
--- error_log
a request (identity/acquire) for datastream "ebebf826-a01f-4458-8cec-ef61de241c93": Edge answered 503; it is answered here



=== TEST 5: a visitor whom Edge knows keeps the identity
--- edge_mode
{"status":503}
--- more_headers
Cookie: kndctr_0123456789ABCDEF01234567_AdobeOrg_identity=CiY0MTg2MTY2NjE5MzE0MDE2MTkzNDI3Njg0NTY1MTE0ODg3Njk4OFIA
--- request
POST /ee/v1/interact
{"events":[{"xdm":{}}],"meta":{"state":{"domain":"shop.example","cookiesEnabled":true}}}
--- answer
handle is []
--- response_headers
! Set-Cookie
--- error_log
Edge answered 503; it is kept for later



=== TEST 6: an identity of ours is told again, and not made anew
--- edge_mode
{"status":503}
--- more_headers eval
"Cookie: kndctr_0123456789ABCDEF01234567_AdobeOrg_identity=$::minted"
--- request eval: $::acquire
--- answer
handle is [{"type":"identity:result","payload":[{"id":"41861666193140161934276845651148876988","namespace":{"code":"ECID"}}]}]
--- response_headers
! Set-Cookie
--- error_log
a request (identity/acquire) for datastream "ebebf826-a01f-4458-8cec-ef61de241c93": Edge answered 503; it is answered here



=== TEST 7: an identity of ours is no state for Edge: it gets the ECID, and answers with its own identity
--- edge_mode
{"status":200}
--- more_headers eval
"Cookie: kndctr_0123456789ABCDEF01234567_AdobeOrg_identity=$::minted; kndctr_0123456789ABCDEF01234567_AdobeOrg_cluster=or2"
--- request eval: $::acquire
--- edge_gets
entries is [{"key":"kndctr_0123456789ABCDEF01234567_AdobeOrg_cluster","value":"or2"}]
body.xdm.identityMap is {"ECID":[{"id":"41861666193140161934276845651148876988"}]}
ecid is "41861666193140161934276845651148876988"
--- answer
handle.0.payload.0.id is "41861666193140161934276845651148876988"
--- raw_response_headers_like: Set-Cookie: kndctr_0123456789ABCDEF01234567_AdobeOrg_identity=CiY0MTg2MTY2NjE5MzE0MDE2MTkzNDI3Njg0NTY1MTE0ODg3Njk4O[^;=]{10,}



=== TEST 8: neither is one that the page sends as an entry
--- edge_mode
{"status":200}
--- request eval
qq(POST /ee/v1/interact\n{"events":[{"xdm":{}}],"meta":{"state":{"domain":"shop.example","cookiesEnabled":true,"entries":[{"key":"kndctr_0123456789ABCDEF01234567_AdobeOrg_identity","value":"$::minted"}]}}})
--- edge_gets
entries is []
body.xdm.identityMap is {"ECID":[{"id":"41861666193140161934276845651148876988"}]}



=== TEST 9: with set-consent it goes where Edge looks for it there
--- edge_mode
{"status":200}
--- more_headers eval
"Cookie: kndctr_0123456789ABCDEF01234567_AdobeOrg_identity=$::minted"
--- request eval: ::consent('{"standard":"Adobe","version":"1.0","value":{"general":"in"}}')
--- edge_gets
entries is []
body.identityMap is {"ECID":[{"id":"41861666193140161934276845651148876988"}]}
body.xdm absent



=== TEST 10: set-consent installs what the visitor decided: in
--- edge_mode
{"status":503}
--- more_headers
Cookie: kndctr_0123456789ABCDEF01234567_AdobeOrg_identity=CiY0MTg2MTY2NjE5MzE0MDE2MTkzNDI3Njg0NTY1MTE0ODg3Njk4OFIA
--- request eval: ::consent('{"standard":"Adobe","version":"1.0","value":{"general":"in"}}')
--- error_code: 200
--- answer
handle is []
--- response_headers
Set-Cookie: kndctr_0123456789ABCDEF01234567_AdobeOrg_consent=general=in; Path=/; Domain=shop.example; Max-Age=15552000; Secure; SameSite=None
--- error_log
a request (privacy/set-consent) for datastream "ebebf826-a01f-4458-8cec-ef61de241c93": Edge answered 503; it is kept for later



=== TEST 11: out
--- edge_mode
{"status":503}
--- more_headers
Cookie: kndctr_0123456789ABCDEF01234567_AdobeOrg_identity=CiY0MTg2MTY2NjE5MzE0MDE2MTkzNDI3Njg0NTY1MTE0ODg3Njk4OFIA
--- request eval: ::consent('{"standard":"Adobe","version":"1.0","value":{"general":"out"}}')
--- response_headers
Set-Cookie: kndctr_0123456789ABCDEF01234567_AdobeOrg_consent=general=out; Path=/; Domain=shop.example; Max-Age=15552000; Secure; SameSite=None
--- error_log
Edge answered 503; it is kept for later



=== TEST 12: in Adobe's standard 2.0
--- edge_mode
{"status":503}
--- more_headers
Cookie: kndctr_0123456789ABCDEF01234567_AdobeOrg_identity=CiY0MTg2MTY2NjE5MzE0MDE2MTkzNDI3Njg0NTY1MTE0ODg3Njk4OFIA
--- request eval: ::consent('{"standard":"Adobe","version":"2.0","value":{"collect":{"val":"y"},"metadata":{"time":"2026-01-01T00:00:00Z"}}}')
--- response_headers
Set-Cookie: kndctr_0123456789ABCDEF01234567_AdobeOrg_consent=general=in; Path=/; Domain=shop.example; Max-Age=15552000; Secure; SameSite=None
--- error_log
Edge answered 503; it is kept for later



=== TEST 13: what only Edge can compute (IAB TCF) is out for a short time
--- edge_mode
{"status":503}
--- more_headers
Cookie: kndctr_0123456789ABCDEF01234567_AdobeOrg_identity=CiY0MTg2MTY2NjE5MzE0MDE2MTkzNDI3Njg0NTY1MTE0ODg3Njk4OFIA
--- request eval: ::consent('{"standard":"IAB TCF","version":"2.0","value":"CPuKGCPPuKGCPNoAAAENCZCAAAAAAAAAAAAAAAAAAAAA","gdprApplies":true}')
--- response_headers
Set-Cookie: kndctr_0123456789ABCDEF01234567_AdobeOrg_consent=general=out; Path=/; Domain=shop.example; Max-Age=120; Secure; SameSite=None
--- error_log
Edge answered 503; it is kept for later



=== TEST 14: on localhost the consent is state to keep
--- edge_mode
{"status":503}
--- more_headers
Host: localhost
Origin: https://localhost
--- request
POST /ee/v1/privacy/set-consent
{"consent":[{"standard":"Adobe","version":"1.0","value":{"general":"in"}}]}
--- answer
handle.1.payload.1.key is "kndctr_0123456789ABCDEF01234567_AdobeOrg_consent"
handle.1.payload.1.value is "general=in"
--- error_log
Edge answered 503; it is kept for later



=== TEST 15: collect: an empty answer, and no identity
--- edge_mode
{"status":503}
--- request
POST /ee/v1/collect
{"events":[{"xdm":{}}],"meta":{"state":{"domain":"shop.example","cookiesEnabled":true}}}
--- error_code: 204
--- response_headers
! Set-Cookie
--- error_log
Edge answered 503; it is kept for later



=== TEST 16: media: the same
--- edge_mode
{"status":503}
--- request
POST /ee/va/v1/ping
{"events":[{"xdm":{}}]}
--- error_code: 204
--- response_headers
! Set-Cookie
--- error_log
Edge answered 503; it is kept for later



=== TEST 17: of several decisions in one request the strictest holds
--- edge_mode
{"status":503}
--- more_headers
Cookie: kndctr_0123456789ABCDEF01234567_AdobeOrg_identity=CiY0MTg2MTY2NjE5MzE0MDE2MTkzNDI3Njg0NTY1MTE0ODg3Njk4OFIA
--- request eval: ::consent('{"standard":"Adobe","version":"1.0","value":{"general":"in"}},{"standard":"Adobe","version":"2.0","value":{"collect":{"val":"n"}}}')
--- response_headers
Set-Cookie: kndctr_0123456789ABCDEF01234567_AdobeOrg_consent=general=out; Path=/; Domain=shop.example; Max-Age=15552000; Secure; SameSite=None
--- error_log
Edge answered 503; it is kept for later



=== TEST 18: and one that only Edge can compute is stricter than "in"
--- edge_mode
{"status":503}
--- more_headers
Cookie: kndctr_0123456789ABCDEF01234567_AdobeOrg_identity=CiY0MTg2MTY2NjE5MzE0MDE2MTkzNDI3Njg0NTY1MTE0ODg3Njk4OFIA
--- request eval: ::consent('{"standard":"Adobe","version":"1.0","value":{"general":"in"}},{"standard":"IAB TCF","version":"2.0","value":"CPuKGCPPuKGCPNoAAAENCZCAAAAAAAAAAAAAAAAAAAAA","gdprApplies":true}')
--- response_headers
Set-Cookie: kndctr_0123456789ABCDEF01234567_AdobeOrg_consent=general=out; Path=/; Domain=shop.example; Max-Age=120; Secure; SameSite=None
--- error_log
Edge answered 503; it is kept for later
