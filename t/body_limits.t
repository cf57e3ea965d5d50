use AepGateway 'no_plan';

# A body of just so many bytes; `changed` by nothing where it holds all that the gateway would add.
sub body {
    my ($size) = @_;
    my ($head, $tail) = ('{"events":[{"xdm":{"_id":"e","text":"', '"}}],"meta":{"state":{"domain":"shop.example","cookiesEnabled":true}}}');
    return $head . 'x' x ($size - length($head) - length $tail) . $tail;
}

sub chunks {
    my ($body) = @_;
    my $text = '';
    $text .= sprintf "%x\r\n%s\r\n", length $1, $1 while $body =~ /\G(.{1,8000})/gs;
    return "${text}0\r\n\r\n";
}

our $small_buffer = <<'CONFIG';
    aep_datastream_id  ebebf826-a01f-4458-8cec-ef61de241c93;
    location ^~ /aep/ { aep_sdk; }
    location ^~ /ee/ {
        aep_gateway;
        client_body_buffer_size  1k;
    }
    add_header X-Outcome $aep_outcome always;
CONFIG

run_tests();

__DATA__

=== TEST 1: 64 KiB pass
--- request eval
"POST /ee/v1/interact\n" . ::body(65536)
--- edge_gets
bytes is 65536



=== TEST 2: a byte more does not
--- request eval
"POST /ee/v1/interact\n" . ::body(65537)
--- error_code: 413
--- edge_gets: nothing
--- answer
type is "https://ns.adobe.com/aep/errors/EXEG-0112-413"
status is 413
--- response_headers
Content-Type: application/problem+json;charset=utf-8
X-Outcome: rejected



=== TEST 3: nor more, of which only the length is looked at
--- request eval
"POST /ee/v1/interact\n" . ::body(120_000)
--- error_code: 413
--- edge_gets: nothing
--- answer
type is "https://ns.adobe.com/aep/errors/EXEG-0112-413"



=== TEST 4: in chunks, 64 KiB
--- more_headers
Transfer-Encoding: chunked
--- request eval
"POST /ee/v1/interact\n" . ::chunks(::body(65536))
--- edge_gets
bytes is 65536



=== TEST 5: in chunks, a byte more
--- more_headers
Transfer-Encoding: chunked
--- request eval
"POST /ee/v1/interact\n" . ::chunks(::body(65537))
--- error_code: 413
--- edge_gets: nothing
--- answer
type is "https://ns.adobe.com/aep/errors/EXEG-0112-413"
--- no_error_log
[error]



=== TEST 6: the limit holds for what Edge gets: here the cookies make it too large
--- more_headers
Cookie: kndctr_0123456789ABCDEF01234567_AdobeOrg_cluster=or2
--- request eval
"POST /ee/v1/interact\n" . ::body(65530)
--- error_code: 413
--- edge_gets: nothing
--- answer
type is "https://ns.adobe.com/aep/errors/EXEG-0112-413"



=== TEST 7: a body with room for its changes
--- more_headers
Cookie: kndctr_0123456789ABCDEF01234567_AdobeOrg_cluster=or2
--- request eval
"POST /ee/v1/interact\n" . ::body(65300)
--- edge_gets
entries.0.value is "or2"



=== TEST 8: nginx's own limit is nginx's
--- request eval
"POST /ee/v1/interact\n" . ::body(200_000)
--- error_code: 413
--- edge_gets: nothing
--- error_log
client intended to send too large body: 200000 bytes



=== TEST 9: a body that nginx has put into a file
--- config eval: $::small_buffer
--- request eval
"POST /ee/v1/interact\n" . ::body(60000)
--- edge_gets
bytes is 60000
body.events.0.xdm._id is "e"
--- response_headers
X-Outcome: delivered
--- error_log
a client request body is buffered to a temporary file



=== TEST 10: partly in a file, partly in memory
--- config eval: $::small_buffer
--- request eval
[[{value => "POST /ee/v1/interact\n" . substr(::body(5000), 0, 1500), delay_after => 0.1},
    substr(::body(5000), 1500, 2000), substr(::body(5000), 3500)]]
--- raw_request_middle_delay: 0.05
--- edge_gets
bytes is 5000
body.events.0.xdm._id is "e"
--- error_log
a client request body is buffered to a temporary file



=== TEST 11: in chunks, in a file
--- config eval: $::small_buffer
--- more_headers
Transfer-Encoding: chunked
--- request eval
"POST /ee/v1/interact\n" . ::chunks(::body(50000))
--- edge_gets
bytes is 50000
--- error_log
a client request body is buffered to a temporary file



=== TEST 12: in chunks, in a file, too large
--- config eval: $::small_buffer
--- more_headers
Transfer-Encoding: chunked
--- request eval
"POST /ee/v1/interact\n" . ::chunks(::body(65537))
--- error_code: 413
--- edge_gets: nothing
--- error_log
a client request body is buffered to a temporary file



=== TEST 13: always in a file
--- website
    client_body_in_file_only  on;
--- request
POST /ee/v1/interact
{"events":[{"xdm":{"n":7}}]}
--- edge_gets
body.events.0.xdm.n is 7
--- error_log
a client request body is buffered to a temporary file



=== TEST 14: a body in many small pieces
--- request eval
[[map { +{value => $_, delay_after => 0.001} } "POST /ee/v1/interact\n" . substr(::body(3000), 0, 100),
    map { substr ::body(3000), $_ * 100, 100 } 1 .. 29]]
--- edge_gets
bytes is 3000
