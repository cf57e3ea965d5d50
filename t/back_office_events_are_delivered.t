# Back office events that wait in the queue go to Edge in batches, in their order, each of them at least once; what
# Edge refuses takes nobody down.

use strict;
use warnings;

use AepEdge;
use AepServer;
use FindBin ();
use Test::More;
use Time::HiRes qw(sleep);

my $datastream = 'ebebf826-a01f-4458-8cec-ef61de241c93';
my $edge       = AepEdge->start;
my $server     = AepServer->start(edge => $edge->url, workers => 2);
my $last       = 0;

sub append {
    my ($count, $padding) = @_;
    my @ids = map { 'order-' . ++$last } 1 .. $count;
    $server->queue->append_orders($edge->url, $datastream, map { body($_, $padding) } @ids);
    return @ids;
}

sub body {
    my ($id, $padding) = @_;
    my $text = 'x' x ($padding // 0);
    return qq({"xdm":{"_id":"$id","eventType":"commerce.backofficeOrderPlaced","note":"$text"}});
}

sub all_are_gone { return AepServer::wait_until(sub { !$server->queue->orders }) }

# The identifiers of the events that Edge has taken, in their order.
sub taken { return map { $_->{_id} } grep { $_->{outcome} eq 'accepted' } @{ $edge->events } }

sub batches { return grep { $_->{path} eq '/ee/v2/collect' } @{ $edge->requests } }

ok(AepServer::wait_until(sub { -s $server->queue->directory . '/orders.db' }), 'the workers make the file');

subtest 'what waits is sent together' => sub {
    my @ids = append(30);
    ok(all_are_gone(), 'all are delivered');
    is_deeply([taken()], \@ids, 'each once, in their order');
    my @batches = batches();
    is(scalar @batches, 1, 'in one request');
    is($batches[0]{method}, 'POST');
    is($batches[0]{datastream}, $datastream, 'to their datastream');
    like($batches[0]{requestId}, qr/^[0-9a-f-]{36}$/, 'with an ID');
    is($batches[0]{headers}{'content-type'}, 'application/json');
};

subtest 'a request is never larger than Edge takes' => sub {
    $edge->clear;
    my @ids = append(200, 1500);
    ok(all_are_gone(), 'all are delivered');
    is_deeply([taken()], \@ids, 'each once, in their order');
    my @sizes = map { length $_->{text} } batches();
    is(scalar(grep { $_ > 64_000 } @sizes), 0, 'none is larger');
    cmp_ok(scalar @sizes, '<', 10, 'and they are few');
};

subtest 'what Edge refuses takes nobody down' => sub {
    $edge->clear;
    $edge->mode({ action => 'collect', containing => 'order-' . ($last + 17) . '"', status => 400 });
    my @ids = append(40);
    ok(all_are_gone(), 'nothing waits');
    my $culprit = $ids[16];
    is_deeply([taken()], [grep { $_ ne $culprit } @ids], 'all others are delivered, each once, in their order');
    my @dead = $server->queue->dead_orders;
    is(scalar @dead, 1, 'the culprit is a dead letter');
    like($dead[0]{body}, qr/"$culprit"/);
    is($dead[0]{status}, 400, 'with the status');
    like($dead[0]{reason}, qr/EXEG|problem|status/, 'and what Edge has said');
    ok($server->wait_for_log(qr/\[error\].*Edge refused a request \(back-office\) for datastream "$datastream" with 400/),
        'the log says so');
};

subtest 'what Edge had refused can be sent again' => sub {
    $edge->clear;
    open my $in, '<', "$FindBin::Bin/../docs/outages-and-queue.md" or die "outages-and-queue.md: $!";
    my ($statement) = do { local $/; <$in> =~ /sqlite3 orders\.db "(.*?)"/s };
    my ($culprit) = map { $_->{body} =~ /"_id":"([^"]+)"/ } $server->queue->dead_orders;
    $server->queue->rows($server->queue->directory . '/orders.db', $statement);
    ok(all_are_gone(), 'it is delivered');
    is_deeply([taken()], [$culprit], 'once');
    is(scalar(() = $server->queue->dead_orders), 0, 'and is no dead letter any more');
};

subtest 'an outage costs nothing, and changes no order' => sub {
    $edge->clear;
    $edge->mode({ action => 'collect', status => 503, retryAfter => 1 });
    my @ids = append(20);
    ok(AepServer::wait_until(sub { batches() >= 2 }), 'Edge says "later"');
    push @ids, append(20);
    is(scalar(() = $server->queue->orders), 40, 'all are kept');
    $edge->clear;
    ok(all_are_gone(), 'all go when it is back');
    is_deeply([taken()], \@ids, 'each once, in their order');
};

subtest 'what an operator has to repair is kept' => sub {
    $edge->clear;
    $edge->mode({ action => 'collect', status => 403 });
    my @ids = append(5);
    ok($server->wait_for_log(qr/\[error\].*\(back-office; the events stay in the queue\).* with 403/), 'the log says so');
    is(scalar(() = $server->queue->orders), 5, 'all are kept');
    $edge->clear;
    ok(all_are_gone(), 'all go when it is repaired');
    is_deeply([taken()], \@ids, 'each once, in their order');
};

subtest 'another worker goes on when the one that delivers is killed' => sub {
    $edge->clear;
    $edge->mode({ action => 'collect', hang => JSON::PP::true() });
    my @ids = append(10);
    ok(AepServer::wait_until(sub { scalar batches() }), 'they are under way');
    my ($worker) = $server->workers;
    kill KILL => $worker;
    $edge->recover;
    kill KILL => grep { $_ != $worker } $server->workers;
    ok(all_are_gone(), 'all are delivered');
    my @taken = taken();
    is_deeply([@taken[-10 .. -1]], \@ids, 'in their order');
};

$server->quit;
unlike($server->log, qr/order-\d/, 'nothing of an event is in the log');
done_testing();
