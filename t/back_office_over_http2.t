# A backend may send its lines by HTTP/2, beside other requests on the same connection.

use strict;
use warnings;

use AepBackOffice;
use AepCertificate;
use AepEdge;
use AepServer;
use JSON::PP qw(decode_json encode_json);
use Test::More;

plan skip_all => 'this nginx has no HTTP/2' if AepServer::nginx_configuration() !~ /--with-http_v2_module/;

my $certificate = AepCertificate->make('shop.example');
my $edge = AepEdge->start;
my $shop = AepBackOffice->start($edge, server => "listen 127.0.0.1:AEP_TLS_PORT ssl http2; client_max_body_size 0;
        ssl_certificate      @{[$certificate->certificate]};
        ssl_certificate_key  @{[$certificate->key]};");

my $lines = join '', map { encode_json($shop->order($_)) . "\n" } 1 .. 2000;
my $script = <<"SCRIPT";
const session = require("node:http2").connect("https://127.0.0.1:@{[$shop->server->tls_port]}",
    { rejectUnauthorized: false, servername: "shop.example" });
const lines = require("node:fs").readFileSync(0);
const header = { ":method": "POST", ":path": "/orders", ":authority": "shop.example",
    "authorization": "Bearer $AepBackOffice::token", "content-type": "application/x-ndjson" };
const middle = lines.indexOf("\\n", lines.length / 2) + 1;
const send = (bytes) => new Promise((done) => {
    const request = session.request(header);
    let text = "";
    let status = 0;
    request.on("response", (headers) => { status = headers[":status"]; });
    request.on("data", (piece) => { text += piece; });
    request.on("close", () => done([status, text.trim().split("\\n").map((line) => JSON.parse(line).result)]));
    for (let place = 0; place < bytes.length; place += 10000) {
        request.write(bytes.subarray(place, place + 10000));
    }
    request.end();
});
Promise.all([send(lines.subarray(0, middle)), send(lines.subarray(middle))]).then((answers) => {
    console.log(JSON.stringify(answers));
    session.close();
});
SCRIPT
my $file = $shop->server->directory . '/lines';
open my $out, '>', $file or die "$file: $!";
print $out $lines;
close $out or die "$file: $!";
my $code = $shop->server->directory . '/script.js';
open $out, '>', $code or die "$code: $!";
print $out $script;
close $out or die "$code: $!";
my $said = `timeout 60 node $code < $file`;
my @answers = @{ decode_json($said) };
is_deeply([map { $_->[0] } @answers], [202, 202], 'both are answered');
is_deeply([grep { $_ ne 'accepted' } map { @{ $_->[1] } } @answers], [], 'each line is taken');
is(scalar(map { @{ $_->[1] } } @answers), 2000, 'and has a result');
my %got = map { $_->{_id} => 1 } @{ $edge->events(at_least => 2000) };
is(scalar keys %got, 2000, 'Edge gets all of them');

$shop->server->quit;
$shop->server->is_clean('after lines over HTTP/2');

done_testing;
