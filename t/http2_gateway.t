# Pages talk to the gateway by HTTP/2 as a rule: several requests on one connection, each of which may end on its own.

use strict;
use warnings;

use AepCertificate;
use AepEdge;
use AepServer;
use JSON::PP ();
use Test::More;

plan skip_all => 'this nginx has no HTTP/2' if AepServer::nginx_configuration() !~ /--with-http_v2_module/;

my $certificate = AepCertificate->make('shop.example');
my $edge   = AepEdge->start;
my $server = AepServer->start(
    edge    => $edge->url,
    workers => 1,
    server  => "listen 127.0.0.1:AEP_TLS_PORT ssl http2;
        ssl_certificate      @{[$certificate->certificate]};
        ssl_certificate_key  @{[$certificate->key]};
        add_header X-Outcome \$aep_outcome always;"
);

# What a script of Node's http2 prints; `page(body, then)` in it sends a request of a page's.
sub run_script {
    my $script = shift;
    my $code   = <<"CODE" . $script;
const session = require("node:http2").connect("https://127.0.0.1:@{[$server->tls_port]}",
    { rejectUnauthorized: false, servername: "shop.example" });
function page(body, then, path = "/ee/v1/interact", origin = "https://shop.example") {
    const request = session.request({ ":method": "POST", ":path": path, ":authority": "shop.example",
        "origin": origin, "content-type": "text/plain; charset=UTF-8" });
    let text = "";
    let head = {};
    request.on("response", (headers) => { head = headers; });
    request.on("data", (piece) => { text += piece; });
    request.on("error", () => {});
    request.on("close", () => then(head[":status"], head["x-outcome"], text));
    request.end(body);
    return request;
}
const event = JSON.stringify({ events: [{ xdm: { eventType: "a" } }] });
const standIn = "@{[$edge->url]}/_stand-in/";
const arrived = (count) => fetch(standIn + "requests?timeout=60000&at_least=" + count);
const release = () => fetch(standIn + "release", { method: "POST" });
CODE
    open my $in, '-|', 'timeout', 60, 'node', '-e', $code or die "node: $!";
    local $/;
    my $said = <$in>;
    close $in;
    return $said;
}

is(run_script(<<'SCRIPT'), "403 rejected\n", 'a page that came without TLS is of another site');
page(event, (status, outcome) => {
    console.log(status, outcome);
    session.close();
}, "/ee/v1/interact", "http://shop.example");
SCRIPT

is(run_script(<<'SCRIPT'), "200 delivered true\n", 'a request');
page(event, (status, outcome, text) => {
    console.log(status, outcome, Array.isArray(JSON.parse(text).handle));
    session.close();
});
SCRIPT

is(run_script(<<'SCRIPT'), "204 delivered\n", 'a beacon');
page(event, (status, outcome) => { console.log(status, outcome); session.close(); }, "/ee/v1/collect");
SCRIPT

is(run_script(<<'SCRIPT'), "413\n400\n404\n", 'refusals, before and after the body is there');
page("x".repeat(70000), (status) => {
    console.log(status);
    page("{", (status) => {
        console.log(status);
        page(event, (status) => { console.log(status); session.close(); }, "/ee/v1/other");
    });
});
SCRIPT

$edge->clear;
$edge->mode({ delay => 200 });
is(run_script(<<'SCRIPT'), "20 delivered\n", 'many at once on one connection');
let done = 0;
for (let i = 0; i < 20; i++) {
    page(event, (status, outcome) => {
        if (status === 200 && outcome === "delivered" && ++done === 20) {
            console.log(done, "delivered");
            session.close();
        }
    });
}
SCRIPT
is(scalar @{ $edge->requests }, 20, 'all reach Edge');

$edge->clear;
$edge->mode({ hold => JSON::PP::true() });
is(run_script(<<'SCRIPT'), "200 delivered\n", 'a page that gives up one request keeps the others');
const gone = page(event, () => {});
page(event, (status, outcome) => { console.log(status, outcome); session.close(); });
gone.on("close", release);
arrived(2).then(() => gone.close(8));
SCRIPT
ok(AepServer::wait_until(sub { 2 == grep { $_->{outcome} eq 'accepted' } @{ $edge->requests } }),
    'the event it gave up goes on');

$edge->clear;
$edge->mode({ hold => JSON::PP::true() });
is(run_script(<<'SCRIPT'), "gone\n", 'a page that goes away with requests under way');
for (let i = 0; i < 5; i++) {
    page(event, () => {});
}
session.on("error", () => {});
arrived(5).then(() => { session.destroy(); console.log("gone"); });
SCRIPT
$edge->release;
ok(AepServer::wait_until(sub { 5 == grep { $_->{outcome} eq 'accepted' } @{ $edge->requests } }),
    'Edge takes its events nevertheless');

$edge->clear;
is(run_script(<<'SCRIPT'), "200 delivered\n", 'the next page is served');
page(event, (status, outcome) => { console.log(status, outcome); session.close(); });
SCRIPT

ok(AepServer::wait_until(sub { $server->client->get('/stub_status')->{body} =~ /^Active connections: 1 $/m }),
    'no connection stays behind');

$server->quit;
$server->is_clean('with HTTP/2');

done_testing;
