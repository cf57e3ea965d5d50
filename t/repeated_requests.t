# alloy repeats a request under its old ID when it got no answer, through whichever worker. It is one request.

use strict;
use warnings;

use AepEdge;
use AepServer;
use Test::More;

my $event  = '{"events":[{"xdm":{"eventType":"commerce.purchases"}}]}';
my $edge   = AepEdge->start;
my $outcome = 'add_header X-Outcome $aep_outcome always; add_header X-Worker $pid always;';
my $server = AepServer->start(
    edge    => $edge->url,
    workers => 2,
    server  => $outcome
);
my $client = $server->client;

sub outcome { return $_[0]{headers}{'x-outcome'}[0] // '' }

sub worker { return $_[0]{headers}{'x-worker'}[0] // '' }

subtest 'a repeat is answered, and not sent, by any worker' => sub {
    $edge->clear;
    my $first = $client->post('/ee/v1/interact?requestId=first', $event);
    is(outcome($first), 'delivered', 'the first is delivered');

    my %seen;
    my @repeats;
    while (@repeats < 200 && keys %seen < 2) {
        push @repeats, $client->post('/ee/v1/interact?requestId=first', $event);
        $seen{ worker($repeats[-1]) } = 1;
    }
    is(scalar keys %seen, 2, 'both workers got repeats');
    is(scalar(grep { outcome($_) ne 'duplicate' } @repeats), 0, 'each of them is known as one');
    is(scalar(grep { $_->{status} != 200 } @repeats),        0, 'and is a success for alloy');
    like($repeats[0]{body}, qr/^\{"requestId":"first","handle":\[\]\}$/, 'with nothing new in it');
    is(scalar @{ $edge->requests }, 1, 'Edge got one');
};

subtest 'repeats while the first is still under way' => sub {
    $edge->clear;
    $edge->mode({ delay => 400 });
    my @waiting  = map { $client->begin('POST', '/ee/v1/interact?requestId=second', $event) } 1 .. 10;
    my @answers  = map { $_->answer } @waiting;
    my @outcomes = sort map { outcome($_) } @answers;
    is_deeply(\@outcomes, ['delivered', ('unavailable') x 9], 'one is sent, the others are to come again');
    my @retries = grep { $_->{status} == 503 } @answers;
    is(scalar @retries, 9, 'which is no acknowledgement');
    is_deeply([map { $_->{headers}{'retry-after'}[0] } @retries], [(1) x 9], 'and in a second');
    is(outcome($client->post('/ee/v1/interact?requestId=second', $event)), 'duplicate', 'then it is known as safe');
    is(scalar @{ $edge->requests }, 1, 'Edge got one');
};

subtest 'a repeat of what waits for Edge is one event' => sub {
    $edge->clear;
    $edge->mode({ status => 503, times => 1 });
    is(outcome($client->post('/ee/v1/interact?requestId=third', $event)), 'queued',    'the first is kept');
    is(outcome($client->post('/ee/v1/interact?requestId=third', $event)), 'duplicate', 'the second is known') for 1, 2;
    ok($server->queue->becomes_empty, 'then nothing is left on disk');
    my $events = $edge->events;
    is_deeply([map { $_->{outcome} } @$events], ['refused', 'accepted'], 'Edge takes it in the end');
    my @ids = map { $_->{_id} } @$events;
    is(scalar @ids, 2,       'Edge saw it twice');
    is($ids[0],     $ids[1], 'with the same event ID');
};

subtest 'a repeat of what could not be kept counts' => sub {
    my $without = AepServer->start(edge => $edge->url, http => 'aep_queue off;', server => $outcome);
    my $shop    = $without->client;
    $edge->clear;
    $edge->mode({ status => 503, times => 1 });
    my $first = $shop->post('/ee/v1/interact?requestId=lost', $event);
    is($first->{status}, 503,           'the first is not acknowledged');
    is(outcome($first),  'unavailable', 'the log can tell');
    is(outcome($shop->post('/ee/v1/interact?requestId=lost', $event)), 'delivered', 'the second is taken');
    is(outcome($shop->post('/ee/v1/interact?requestId=lost', $event)), 'duplicate', 'the third is one too many');
    my @ids = map { $_->{body}{events}[0]{xdm}{_id} } @{ $edge->requests };
    is(scalar @ids, 2,       'Edge saw two');
    is($ids[0],     $ids[1], 'with the same event ID');
    $without->quit;
    $without->is_clean('without a queue');
};

subtest 'a repeat of what was not even tried counts' => sub {
    my $without = AepServer->start(
        edge   => $edge->url . ' answer_timeout=20s timeout=30s',
        http   => 'aep_queue off;',
        server => $outcome
    );
    my $shop = $without->client;
    $edge->clear;
    $edge->mode({ status => 503 });
    $shop->post('/ee/v1/interact', $event) for 1 .. 5;
    my ($id, $first) = (0);
    my $is_untried = sub {
        my $tried = @{ $edge->requests };
        $first = $shop->post('/ee/v1/interact?requestId=untried' . ++$id, $event);
        return @{ $edge->requests } == $tried;
    };
    ok(AepServer::wait_until($is_untried, 20), 'Edge is known to be away');
    is($first->{status}, 503, 'the first is not acknowledged');
    $edge->recover;
    ok(AepServer::wait_until(sub { outcome($shop->post('/ee/v1/interact', $event)) eq 'delivered' }, 20),
        'Edge is back');
    is(outcome($shop->post('/ee/v1/interact?requestId=untried' . $id, $event)), 'delivered', 'the second is taken');
    $without->quit;
    $without->is_clean('without a queue and without Edge');
};

subtest 'a repeat of what Edge refused is Edge\'s to refuse' => sub {
    $edge->clear;
    $edge->mode({ status => 400 });
    is($client->post('/ee/v1/interact?requestId=fourth', $event)->{status}, 400, 'refused') for 1 .. 2;
    is(scalar @{ $edge->requests }, 2, 'Edge got both');
};

subtest 'a beacon' => sub {
    $edge->clear;
    my @answers = map { $client->post('/ee/v1/collect?requestId=fifth', $event) } 1 .. 3;
    is_deeply([map { $_->{status} } @answers], [204, 204, 204], 'has empty answers');
    is(scalar @{ $edge->requests(at_least => 1) }, 1, 'Edge got one');
};

subtest 'what is no repeat' => sub {
    $edge->clear;
    my $acquire = '{"query":{"identity":{"fetch":["ECID"]}}}';
    my $consent = '{"consent":[{"standard":"Adobe","version":"1.0","value":{"general":"in"}}]}';
    is(outcome($client->post('/ee/v1/identity/acquire?requestId=sixth',     $acquire)), 'delivered') for 1 .. 2;
    is(outcome($client->post('/ee/v1/privacy/set-consent?requestId=sixth',  $consent)), 'delivered') for 1 .. 2;
    is(outcome($client->post('/ee/v1/interact',                             $event)),   'delivered') for 1 .. 2;
    is(scalar @{ $edge->requests }, 6, 'an identity, a consent, requests without an ID');
};

subtest 'a repeat after a reload' => sub {
    $edge->clear;
    is(outcome($client->post('/ee/v1/interact?requestId=seventh', $event)), 'delivered', 'the first is delivered');
    ok($server->reload, 'nginx reloads');
    is(outcome($client->post('/ee/v1/interact?requestId=seventh', $event)), 'duplicate', 'the repeat is known');
    is(scalar @{ $edge->requests }, 1, 'Edge got one');
};

$server->quit;
$server->is_clean('with repeats');

done_testing;
