# Edge is away for a while: pages get their answers at once, Edge is not pressed, and is used again once it is back.

use strict;
use warnings;

use AepEdge;
use AepPatience qw(patience patient_edge);
use AepServer;
use JSON::PP 'decode_json';
use Test::More;

my $event = '{"events":[{"xdm":{"eventType":"commerce.purchases"}}]}';
my $header = 'add_header X-Outcome $aep_outcome always;';

sub outcome { return $_[0]{headers}{'x-outcome'}[0] // '' }

subtest 'nobody listens' => sub {
    my $port   = AepServer::free_port();
    my $server = AepServer->start(edge => "http://127.0.0.1:$port", server => $header);
    my $client = $server->client;

    my @answers = map { $client->post('/ee/v1/interact', $event) } 1 .. 10;
    is_deeply([map { $_->{status} } @answers], [(200) x 10], 'pages get answers');
    is_deeply([map { outcome($_) } @answers], [('queued') x 10], 'the log can tell that the events are kept for later');
    is(ref decode_json($answers[-1]{body})->{handle}, 'ARRAY', 'alloy can take them');
    my ($slowest) = sort { $b <=> $a } map { $_->{seconds} } @answers;
    cmp_ok($slowest, '<', patience(5), 'none of them waits for Edge as long as it may (10 s)');
    ok($server->wait_for_log('Edge does not take a request .*Failed to connect.*; it is kept for later'), 'the log says why');

    my $edge = AepEdge->start(http => $port);
    my $delivered = AepServer::wait_until(
        sub { outcome($client->post('/ee/v1/interact', $event)) eq 'delivered' }, 20);
    ok($delivered, 'events go to Edge again soon after it is back');
    is(outcome($client->post('/ee/v1/interact', $event)), 'delivered', 'and all from then on');

    $server->quit;
    $server->is_clean('while Edge was away');
};

subtest 'Edge fails again and again' => sub {
    my $edge   = AepEdge->start;
    my $server = AepServer->start(edge => $edge->url, server => $header);
    my $client = $server->client;

    $edge->mode({ status => 503 });
    my $begun = time;
    $client->post('/ee/v1/interact', $event) for 1 .. 25;
    my $tries = 1 + time - $begun;    # once a second at most, and less and less often
    cmp_ok(scalar @{ $edge->requests }, '<=', 5 + $tries, 'after some failures in a row it is left alone, by all workers');
    like($server->log, qr/Edge answered 503; it is kept for later/, 'the log says what it answered');

    $edge->clear;
    ok(AepServer::wait_until(sub { outcome($client->post('/ee/v1/interact', $event)) eq 'delivered' }, 20),
        'then it is tried again');
    my @answers = map { $client->post('/ee/v1/interact', $event) } 1 .. 10;
    is_deeply([map { outcome($_) } @answers], [('delivered') x 10], 'and used as before');

    $server->quit;
    $server->is_clean('while Edge failed');
};

subtest 'refusals of events and faults with one event say nothing against Edge' => sub {
    my $edge   = AepEdge->start;
    my $server = AepServer->start(edge => $edge->url, server => $header);
    my $client = $server->client;

    $edge->mode({ status => 400 });
    $client->post('/ee/v1/interact', $event) for 1 .. 12;
    $edge->mode({ status => 500 });
    $client->post('/ee/v1/interact', $event) for 1 .. 12;
    is(scalar @{ $edge->requests }, 24, 'all reach Edge');

    $server->quit;
    $server->is_clean('while Edge refused');
};

subtest 'one website\'s Edge is away, another\'s is not' => sub {
    my $edge   = AepEdge->start;
    my $port   = AepServer::free_port();
    my $server = AepServer->start(
        edge => "http://127.0.0.1:$port",
        http => "server {
            listen  127.0.0.1:AEP_PORT;
            server_name  other.example;
            aep_datastream_id  22222222-2222-4222-8222-222222222222;
            aep_edge  @{[$edge->url]} @{[patient_edge()]};
            location ^~ /aep/ { aep_sdk; }
            location ^~ /ee/ { aep_gateway; }
            $header
        }");
    my $client = $server->client;
    $client->post('/ee/v1/interact', $event) for 1 .. 10;
    my @answers = map {
        $client->post('/ee/v1/interact', $event, Host => 'other.example', Origin => 'https://other.example')
    } 1 .. 5;
    is_deeply([map { outcome($_) } @answers], [('delivered') x 5], 'it delivers');

    $server->quit;
    $server->is_clean('with two Edges');
};

done_testing;
