# A visitor leaves the page while its events are under way: the events go on, and nothing stays behind.

use strict;
use warnings;

use AepEdge;
use AepServer;
use JSON::PP ();
use Test::More;

my $event  = '{"events":[{"xdm":{"eventType":"commerce.purchases"}}]}';
my $edge   = AepEdge->start;
my $server = AepServer->start(
    edge    => $edge->url,
    workers => 1,
    http    => q{log_format outcome '$request_id $status $aep_outcome "$aep_event_types"';},
    server  => 'access_log access.log outcome;'
);
my $client = $server->client;

sub is_idle {
    return AepServer::wait_until(
        sub { $client->get('/stub_status')->{body} =~ /^Active connections: 1 \n.*Reading: 0 Writing: 1 Waiting: 0 $/ms });
}

for my $abruptly (0, 1) {
    my $way = $abruptly ? 'with a reset' : 'with a goodbye';

    $edge->clear;
    $edge->mode({ hold => JSON::PP::true() });
    my @waiting = map { $client->begin('POST', "/ee/v1/interact?requestId=left-$abruptly-$_", $event) } 1 .. 5;
    is(scalar @{ $edge->requests(at_least => 5) }, 5, "five events are under way");
    $_->abandon($abruptly) for @waiting;
    ok(is_idle(), "their connections are closed $way");
    is(scalar(grep { $_->{outcome} eq 'pending' } @{ $edge->requests }), 5, 'before Edge has answered');
    $edge->release;
    ok(AepServer::wait_until(sub { 5 == grep { $_->{outcome} eq 'accepted' } @{ $edge->requests } }),
        'Edge takes the events nevertheless');

    $edge->clear;
    my $begun = $client->begin('POST', '/ee/v1/interact', substr($event, 0, 10), 'Content-Length' => length $event);
    ok($server->has_requests(1), 'half a request is there');
    $begun->abandon($abruptly);
    ok(is_idle(), "and its visitor away $way");
    is(scalar @{ $edge->requests }, 0, 'is no event');

    $edge->clear;
    $client->begin('POST', '/ee/v1/collect', $event)->abandon(0) for 1 .. 20;
    is(scalar @{ $edge->requests(at_least => 20) }, 20, 'visitors who never wait');
    ok(is_idle(), 'leave nothing behind');
}

$edge->clear;
$edge->mode({ hold => JSON::PP::true() });
my $waiting = $client->begin_raw(join '',
    map { "POST /ee/v1/interact HTTP/1.1\r\nHost: shop.example\r\nContent-Length: " . length($event) . "\r\n\r\n$event" }
        1 .. 2);
is(scalar @{ $edge->requests(at_least => 1) }, 1, 'of two requests in a row the second waits for the first');
$waiting->abandon;
ok(is_idle(), 'and they can leave together');

$edge->clear;
is($client->post('/ee/v1/interact', $event)->{status}, 200, 'the next visitor is served');

open my $log, '<', $server->directory . '/access.log' or die;
my @lines = <$log>;
cmp_ok(scalar(grep { / 499 - "commerce.purchases"$/ } @lines), '>=', 10, 'the access log tells who left');

$server->quit;
$server->is_clean('with visitors who leave');
is($server->log =~ /\[error\]|\[warn\]/ ? $server->log : '', '', 'nothing worth a line in the log');

done_testing;
