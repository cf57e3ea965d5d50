# What Edge refuses, it refuses for every visitor: the log says it once, with what to do about it.

use strict;
use warnings;

use AepEdge;
use AepServer;
use Test::More;

my $event  = '{"events":[{"xdm":{}}]}';
my $edge   = AepEdge->start;
my $server = AepServer->start(
    edge    => $edge->url,
    workers => 2,
    http    => AepServer::website('other.example', 'aep_datastream_id  22222222-2222-4222-8222-222222222222;')
        . AepServer::website('third.example', 'aep_datastream_id  33333333-3333-4333-8333-333333333333;')
        . AepServer::website('any.example', 'aep_web_sdk_name  alloy;')
);
my $client = $server->client;
my @other  = (Host => 'other.example', Origin => 'https://other.example');

sub lines {
    my $pattern = shift;
    return scalar(() = $server->log =~ /^.*Edge refused a request.*$pattern.*$/mg);
}

$edge->mode({ status => 400 });
is($client->post('/ee/v1/interact', $event)->{status}, 400, 'the page gets the refusal') for 1 .. 5;
is(lines('"ebebf826-a01f-4458-8cec-ef61de241c93" with 400'), 1, 'one line for five refusals');
like($server->log, qr/further refusals with this status are counted, not logged/, 'which says so');

$client->post('/ee/v1/interact', $event, @other) for 1 .. 3;
is(lines('"22222222-2222-4222-8222-222222222222" with 400'), 1, 'one line for the other website');

$edge->mode({ status => 422 });
$client->post('/ee/v1/interact', $event) for 1 .. 3;
is(lines('"ebebf826-a01f-4458-8cec-ef61de241c93" with 422'), 1, 'one line for another status');
is(lines(''), 3, 'and no more');

# Whoever makes up datastreams uses up nobody's line, a reload later neither.
my @any = (Host => 'any.example', Origin => 'https://any.example');
for my $number (1 .. 5000) {
    my $id = sprintf '44444444-4444-4444-8444-%012d', $number;
    $client->post("/ee/v1/interact?configId=$id", $event, @any);
}
is(lines('"44444444-4444-4444-8444-[0-9]+" with 422'), 1, 'one line for all datastreams that are made up');
like($server->log, qr/refusals with this status for datastreams that the configuration does not name/,
    'which says so');
my @third = (Host => 'third.example', Origin => 'https://third.example');
$client->post('/ee/v1/interact', $event, @third) for 1 .. 3;
is(lines('"33333333-3333-4333-8333-333333333333" with 422'), 1, 'one line for a website that comes after them');

$server->quit;
$server->is_clean('with refusals');

done_testing;
